import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

export interface ToolLaunch {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A running program that leads a process group of its own. */
export interface Tool {
  /** Resolves to its exit code, `null` when a signal ended it, after its last line. */
  readonly exited: Promise<number | null>;
  /** To it and all that it started. Does nothing once it has ended. */
  signal(name: NodeJS.Signals): void;
}

export type OnToolLine = (stream: "stdout" | "stderr", text: string) => void;

/** ssh leaves a connection open for those that follow it, which holds on to its stderr. */
const LAST_LINES_MS = 200;

/**
 * Starts a program whose lines are read whole, however long: a state of Terraform is one line.
 * (`startChild` of packages/local cuts them, since services may print anything.)
 *
 * @returns `null`: there is no such program.
 * @throws (rejects) with the system's error when it cannot be run for another reason.
 */
export function startTool({ program, args, cwd, env }: ToolLaunch, onLine: OnToolLine): Promise<Tool | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    readLines(child.stdout, (text) => onLine("stdout", text));
    readLines(child.stderr, (text) => onLine("stderr", text));
    const exited = exitOf(child);
    child.once("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? resolve(null) : reject(error)));
    child.once("spawn", () => {
      const isRunning = () => child.exitCode === null && child.signalCode === null;
      resolve({ exited, signal: (name) => isRunning() && signalGroup(child, name) });
    });
  });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("exit", (code) => {
      // What it left behind in its group goes with it.
      signalGroup(child, "SIGKILL");
      const done = () => {
        clearTimeout(timer);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(code);
      };
      const timer = setTimeout(done, LAST_LINES_MS);
      child.once("close", done);
    });
  });
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function readLines(stream: Readable, onText: (text: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let pieces: string[] = [];
  stream.on("data", (bytes: Buffer) => {
    const [first = "", ...lines] = decoder.write(bytes).split("\n");
    pieces.push(first);
    for (const line of lines) {
      onText(pieces.join(""));
      pieces = [line];
    }
  });
  stream.once("close", () => {
    const rest = `${pieces.join("")}${decoder.end()}`;
    if (rest !== "") onText(rest);
  });
}
