import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { LineSplitter } from "../logs/line-splitter.js";
import type { LogLine } from "../running-stack.js";
import { signalGroup } from "./signal-process.js";

/** A program to run, as a value. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Run it as this user instead of the present one. */
  readonly account?: { readonly uid: number; readonly gid: number };
}

/** A running child that leads a process group of its own, so that Ctrl-C in the terminal reaches groundplan only. */
export interface Child {
  readonly pid: number;
  /** Resolves to how it ended, for example "exited with code 1", when its last lines were read. */
  readonly exited: Promise<Exit>;
  /** Does nothing once it has ended: its number may be another's by then. */
  signal(name: NodeJS.Signals): void;
}

export interface Exit {
  readonly code: number | null;
  readonly text: string;
}

export type OnLine = (stream: LogLine["stream"], text: string) => void;

/** How long a pipe may stay open after the child's end: something that it started in a session of its own can hold it. */
const LAST_LINES_MS = 200;

/** @throws (rejects) with the system's error when the program cannot be run. */
export function startChild(launch: Launch, onLine: OnLine): Promise<Child> {
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
    readLines(child.stdout, (text) => onLine("stdout", text));
    readLines(child.stderr, (text) => onLine("stderr", text));
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
      // What the child started and left behind in its group goes with it; the group keeps its number from being given away.
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

function readLines(stream: Readable, onText: (text: string) => void): void {
  const splitter = new LineSplitter(onText);
  stream.on("data", (bytes: Buffer) => splitter.push(bytes));
  stream.once("close", () => splitter.end());
}
