import { spawn } from "node:child_process";
import { once } from "node:events";

/** A registry that can be reached names the image within that time. */
const ANSWER_LIMIT_MS = 10_000;

/** Pulls an image; gives up soon where no registry can be reached, and takes its time where one can. Returns whether it is there. */
export async function tryPull(tag: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  const child = spawn("docker", ["pull", tag], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), ANSWER_LIMIT_MS);
  // The first line is "<tag>: Pulling from <repository>".
  child.stdout.once("data", () => clearTimeout(timer));
  child.stdout.resume();
  const [code] = await once(child, "close");
  clearTimeout(timer);
  return code === 0;
}
