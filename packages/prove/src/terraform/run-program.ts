import { spawn } from "node:child_process";

export interface ProgramResult {
  /** `null`: ended by a signal, or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** There is no such program. */
  readonly missing: boolean;
}

export interface ProgramOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Asks it to stop. Its result comes as usual. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end, whatever its exit code. */
export function runProgram(
  program: string,
  args: readonly string[],
  { folder, env, timeoutMs, signal }: ProgramOptions,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, env, timeout: timeoutMs, stdio: ["ignore", "pipe", "pipe"] });
    const stop = () => child.kill("SIGINT");
    signal?.addEventListener("abort", stop, { once: true });
    const texts = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        texts[stream] += text;
      });
    }
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve({ code: null, ...texts, missing: true });
      else reject(error);
    });
    child.once("close", (code) => {
      signal?.removeEventListener("abort", stop);
      resolve({ code, ...texts, missing: false });
    });
  });
}
