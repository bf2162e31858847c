import { spawn } from "node:child_process";
import { relative } from "node:path";
import { type CommandLine, renderCommandLine } from "./command-line.js";
import { type RunningProgram, startProgram } from "./start-program.js";

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

const endings = new Set<RunningProgram>();

/** It leads a group of its own, which Ctrl-C in the terminal does not reach. One listener for all: many may run at once. */
function endWithProcess(running: RunningProgram): void {
  if (endings.size === 0 && !process.listeners("exit").includes(endAll)) process.on("exit", endAll);
  endings.add(running);
}

function endAll(): void {
  for (const running of endings) running.signal("SIGKILL");
}

/** The environment of this process. */
export function ownEnv(): Record<string, string> {
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
