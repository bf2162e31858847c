import { type SpawnOptions, spawn } from "node:child_process";

const LAST_LINES = 15;

export interface ProgramOptions extends Pick<SpawnOptions, "cwd"> {
  readonly env?: Readonly<Record<string, string>>;
  /** Ends it with SIGKILL after that time. */
  readonly limitMs?: number;
}

/** Runs a program to its end, and resolves with what it printed on stdout. Rejects with its last lines when it fails. */
export async function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryProgram(program, args, options);
  if (code === 0) return stdout;
  const lines = `${stdout}${stderr}`.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${lines}`);
}

export interface Outcome {
  /** `null`: a signal ended it, or there is no such program. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Like `runProgram`, for those that may fail. */
export function tryProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.limitMs ?? 0,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", (error) => resolve({ code: null, stdout, stderr: `${stderr}${error.message}\n` }));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
