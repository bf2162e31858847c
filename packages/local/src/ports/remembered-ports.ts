import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../replace-file.js";

const fileOf = (stateFolder: string) => join(stateFolder, "ports.json");

/** The ports of the last run by part. Only a convenience: a file that cannot be read means that ports are chosen anew, with a note. */
export function recallPorts(stateFolder: string, onNote: (text: string) => void): Readonly<Record<string, number>> {
  const path = fileOf(stateFolder);
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isPortByName(value)) return value;
    onNote(`${path} doesn't hold ports by name: choosing new ports`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      onNote(`${path} cannot be read (${(error as Error).message}): choosing new ports`);
  }
  return {};
}

export function rememberPorts(stateFolder: string, ports: Readonly<Record<string, number>>): void {
  replaceFile(fileOf(stateFolder), `${JSON.stringify(ports, null, 2)}\n`, { mode: 0o644, durable: false });
}

function isPortByName(value: unknown): value is Record<string, number> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(Number.isInteger);
}
