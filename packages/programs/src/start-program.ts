import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { LineSplitter } from "./lines.js";

/** A program to start, as a value, with all of its environment. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Run it as this user instead of the present one. */
  readonly account?: { readonly uid: number; readonly gid: number };
  /** Characters of a line that are heard; the rest is dropped. Default: every line is whole, however long. */
  readonly longestLine?: number;
}

/** A program that runs as the leader of a process group of its own, so that Ctrl-C in the terminal reaches groundplan only. */
export interface RunningProgram {
  readonly pid: number;
  /** Resolves to how it ended, when its last lines were read. */
  readonly exited: Promise<Exit>;
  /** To it and all that it started. Does nothing once it has ended: its number may be another's by then. */
  signal(name: NodeJS.Signals): void;
}

export interface Exit {
  /** `null`: a signal ended it. */
  readonly code: number | null;
  /** For people, for example "exited with code 1". */
  readonly text: string;
}

export type OnLine = (stream: "stdout" | "stderr", text: string) => void;

/** How long a pipe may stay open after the program's end: what it started in a session of its own can hold it, as ssh's shared connection does. */
const LAST_LINES_MS = 200;

/**
 * Starts a program without input and hears its lines.
 *
 * @throws (rejects) with the system's error when it cannot be started, ENOENT when there is no such program.
 */
export function startProgram(launch: Launch, onLine: OnLine): Promise<RunningProgram> {
  return new Promise((resolve, reject) => {
    const child = spawn(launch.program, launch.args, {
      cwd: launch.cwd,
      env: launch.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
      ...launch.account,
    });
    const exited = exitOf(child);
    const longest = launch.longestLine ?? Number.POSITIVE_INFINITY;
    readLines(child.stdout, longest, (text) => onLine("stdout", text));
    readLines(child.stderr, longest, (text) => onLine("stderr", text));
    child.once("error", reject);
    child.once("spawn", () => {
      const pid = child.pid ?? Number.NaN;
      // Kept after the start: a later error, such as a signal that may not be sent, is thrown by `signal` itself.
      child.on("error", () => {});
      const runs = () => child.exitCode === null && child.signalCode === null;
      const signal = (name: NodeJS.Signals) => {
        if (runs()) signalGroup(pid, name);
      };
      resolve({ pid, exited, signal });
    });
  });
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      // What the program started and left behind in its group goes with it; the group keeps its number from being given away.
      if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
      const done = () => {
        clearTimeout(timer);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ code, text: signal === null ? `exited with code ${code}` : `was ended by ${signal}` });
      };
      const timer = setTimeout(done, LAST_LINES_MS);
      child.once("close", done);
    });
  });
}

function readLines(stream: Readable, longest: number, onText: (text: string) => void): void {
  const splitter = new LineSplitter(onText, longest);
  stream.on("data", (bytes: Buffer) => splitter.push(bytes));
  stream.once("close", () => splitter.end());
}

/** Signals a program's whole group, which it leads: a wrapper such as `npm run` is not left with children. One that has ended is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // Windows has no groups, and ends the process whatever the signal.
  signalProcess(process.platform === "win32" ? pid : -pid, signal);
}

/** Signals one process; one that has ended is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
