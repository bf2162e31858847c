import { execFile } from "node:child_process";

export interface Answer {
  /** unusable: it is here, and does not work. */
  readonly status: "found" | "missing" | "unusable";
  /** `null`: it does not say. */
  readonly version: string | null;
  /** What is wrong with it. */
  readonly detail: string | null;
}

const TIMEOUT_MS = 5_000;

/** Runs a program to hear its version. Some print it on stderr, and some fail when they should only say who they are. */
export function ask(program: string, args: readonly string[], timeoutMs = TIMEOUT_MS): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: timeoutMs }, (error, stdout, stderr) => {
      if (error === null) return resolve({ status: "found", version: versionIn(stdout) ?? versionIn(stderr), detail: null });
      if (error.code === "ENOENT") return resolve({ status: "missing", version: null, detail: null });
      const reason = error.killed ? `no answer within ${timeoutMs / 1_000} s` : (stderr.trim().split("\n")[0] ?? error.message);
      resolve({ status: "unusable", version: null, detail: `${program} ${args.join(" ")}: ${reason}` });
    });
  });
}

/** "Redis server v=7.0.15 sha=..." -> "7.0.15" */
export function versionIn(text: string): string | null {
  return /(?<![\d.])\d+\.\d+(?:\.\d+)*(?:p\d+)?/.exec(text)?.[0] ?? null;
}
