import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { until } from "../until.js";
import { processLives } from "./process-lives.js";

/** Making all images of a machine takes some minutes. */
const LIMIT_MS = 600_000;

/** One process of this machine at a time does the work; a lock whose holder died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    // A link appears whole, with the holder's id in it.
    await until(`${path} is free`, () => tryLink(own, path), LIMIT_MS);
  } finally {
    rmSync(own);
  }
  try {
    return await work();
  } finally {
    rmSync(path);
  }
}

function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch {
    if (!processLives(Number(readFileSync(path, "utf8")))) rmSync(path, { force: true });
    return false;
  }
}
