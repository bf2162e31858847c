import { type ChildProcess, spawn } from "node:child_process";
import { relative } from "node:path";
import type { Readable } from "node:stream";
import { type CommandLine, renderCommandLine } from "./command-line.js";
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

export interface ProgramOptions {
  /** Folder that it runs in, if the command line names none. Default: this process' own. */
  readonly folder?: string;
  /** All of its environment, but for what the command line adds. Default: this process' own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears every line as it comes; the result then has the last lines only. */
  readonly onLine?: (text: string, stream: "stdout" | "stderr") => void;
  /** Asks it to end; its result comes as usual. */
  readonly signal?: AbortSignal | undefined;
  readonly end?: ProgramEnd;
  /** How long it may run, in ms; then it is ended as by `signal`. Default: without end. */
  readonly timeoutMs?: number;
}

/** How a program is asked to end. */
export interface ProgramEnd {
  /**
   * "SIGINT" is what Ctrl-C in a terminal sends: Terraform ends the requests that are on their way and writes its state, while SIGTERM
   * would end its provider in the middle. Default: "SIGTERM"
   */
  readonly stopSignal?: "SIGTERM" | "SIGINT";
  /** How long it may take to end, in ms, before it is killed with all that it started; a patient one may take any time. Default: 5000 */
  readonly graceMs?: number;
}

export interface ProgramResult {
  /** `null`: ended by a signal, or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** There is no such program. */
  readonly missing: boolean;
  /** It ran longer than it may, and was ended. */
  readonly timedOut?: true;
}

const GRACE_MS = 5_000;

/** Logs may be followed for days, and whoever hears each line needs no more than the last ones. */
const LINES_KEPT = 1_000;

/** Runs the command lines of one piece of work, each of which is shown. Tests put in one that runs nothing. */
export interface ProgramRunner {
  /** Resolves when the program has ended, whatever its exit code. */
  run(command: CommandLine, options?: RunOptions): Promise<ProgramResult>;
  /** Runs a program that talks to the person at this terminal; resolves with its exit code, `null` when a signal ended it. */
  interact(command: CommandLine): Promise<number | null>;
}

export interface RunOptions extends Pick<ProgramOptions, "folder" | "onLine" | "signal"> {
  /** Does not show the command: it changes nothing, and only looks at what there is. Default: false */
  readonly quiet?: boolean;
}

export interface RunnerOptions extends ProgramEnd {
  /** Where commands without a folder run, and what shown folders start from. */
  readonly folder: string;
  /** Variables for every command; they are not shown. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends what runs, and lets nothing more start. */
  readonly signal: AbortSignal;
  /** Shows a command that is about to run. */
  readonly onCommand: (text: string) => void;
}

const endings = new Set<RunningProgram>();

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

/**
 * Runs a program to its end, whatever its exit code. It gets no input.
 *
 * @throws (rejects) with the system's error when it is there and cannot be started.
 */
export async function runProgram(command: CommandLine, options: ProgramOptions = {}): Promise<ProgramResult> {
  const { onLine, timeoutMs } = options;
  const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  const { program, args } = command;
  const launch = {
    program,
    args,
    cwd: command.cwd ?? options.folder ?? process.cwd(),
    env: { ...(options.env ?? ownEnv()), ...command.env },
  };
  let running: RunningProgram;
  try {
    running = await startProgram(launch, (stream, text) => {
      lines[stream].push(text);
      if (onLine !== undefined && lines[stream].length > LINES_KEPT) lines[stream].shift();
      onLine?.(text, stream);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { code: null, stdout: "", stderr: `${program}: no such program`, missing: true };
  }
  const timeout = timeoutMs === undefined ? null : AbortSignal.timeout(timeoutMs);
  const signals = [options.signal, timeout].filter((signal) => signal !== undefined && signal !== null);
  const code = await untilEnd(running, AbortSignal.any(signals), options.end ?? {}, command.patient === true && timeout === null);
  const result = { code, stdout: lines.stdout.join("\n"), stderr: lines.stderr.join("\n"), missing: false };
  return timeout?.aborted === true ? { ...result, timedOut: true } : result;
}

async function untilEnd(running: RunningProgram, signal: AbortSignal, end: ProgramEnd, isPatient: boolean): Promise<number | null> {
  const kill = () => running.signal("SIGKILL");
  endWithProcess(running);
  let grace: NodeJS.Timeout | undefined;
  const ask = () => {
    running.signal(end.stopSignal ?? "SIGTERM");
    // Terraform killed would forget what it has just made: whoever does not want to wait says so again.
    if (!isPatient) grace = setTimeout(kill, end.graceMs ?? GRACE_MS);
  };
  signal.addEventListener("abort", ask, { once: true });
  if (signal.aborted) ask();
  try {
    return (await running.exited).code;
  } finally {
    clearTimeout(grace);
    signal.removeEventListener("abort", ask);
    endings.delete(running);
  }
}

/** It leads a group of its own, which Ctrl-C in the terminal does not reach. One listener for all: many may run at once. */
function endWithProcess(running: RunningProgram): void {
  if (endings.size === 0 && !process.listeners("exit").includes(endAll)) process.on("exit", endAll);
  endings.add(running);
}

function endAll(): void {
  for (const running of endings) running.signal("SIGKILL");
}

/** The environment of this process. */
function ownEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** @throws (from `run`) the signal's reason, once it is aborted and the program has ended. */
export function programRunner({ folder, env = {}, signal, onCommand, ...end }: RunnerOptions): ProgramRunner {
  const show = (command: CommandLine, inFolder: string) => {
    const text = renderCommandLine(command);
    onCommand(inFolder === folder ? text : `(cd ${nearer(relative(folder, inFolder), inFolder)} && ${text})`);
  };
  const ownAnd = () => ({ ...ownEnv(), ...env });
  return {
    async run(command, { quiet = false, folder: given = folder, ...options } = {}) {
      signal.throwIfAborted();
      if (!quiet) show(command, command.cwd ?? given);
      const stop = options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]);
      const result = await runProgram(command, { ...options, folder: given, env: ownAnd(), signal: stop, end });
      signal.throwIfAborted();
      return result;
    },
    interact(command) {
      signal.throwIfAborted();
      const cwd = command.cwd ?? folder;
      show(command, cwd);
      return new Promise((resolve, reject) => {
        const child = spawn(command.program, command.args, { cwd, env: { ...ownAnd(), ...command.env }, stdio: "inherit" });
        child.once("error", reject);
        child.once("exit", resolve);
      });
    },
  };
}

function nearer(seen: string, folder: string): string {
  return seen.startsWith("..") ? folder : seen;
}
