import { relative } from "node:path";
import { type Child, startChild } from "@groundplan/local";
import { type CommandLine, renderCommandLine } from "./command-line.js";

/** Runs command lines. The one place of the commands around Docker that starts programs; tests put in one that does not. */
export interface CommandRunner {
  /** Resolves when the program has ended, whatever its exit code. */
  run(command: CommandLine, options?: RunOptions): Promise<CommandResult>;
}

export interface RunOptions {
  /** Default: the runner's. */
  readonly folder?: string;
  /** Hears every line of stdout and stderr as it comes; the result then has the last lines only. */
  readonly onLine?: (text: string, stream: "stdout" | "stderr") => void;
  /** Does not show the command: it changes nothing, and only looks at what there is. Default: false */
  readonly quiet?: boolean;
  /** Ends this one; its result comes as usual. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  /** `null`: ended by a signal, or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** There is no such program. */
  readonly missing: boolean;
}

export interface RunnerOptions {
  readonly folder: string;
  /** Ends what runs, and lets nothing more start. */
  readonly signal: AbortSignal;
  /** Shows a command that is about to run. */
  readonly onCommand: (text: string) => void;
}

/** How long a program may take to end after SIGTERM. */
const GRACE_MS = 5_000;
const LINES_KEPT = 1_000;

/** @throws (from `run`) the signal's reason, once it is aborted and the program has ended. */
export function commandRunner({ folder, signal, onCommand }: RunnerOptions): CommandRunner {
  return {
    async run(command, options = {}) {
      signal.throwIfAborted();
      if (options.quiet !== true) onCommand(shownCommand(command, folder, options.folder ?? folder));
      const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
      const child = await start(command, options.folder ?? folder, (stream, text) => {
        lines[stream].push(text);
        // Logs may be followed for days, and whoever hears each line needs no more than the last ones.
        if (options.onLine !== undefined && lines[stream].length > LINES_KEPT) lines[stream].shift();
        options.onLine?.(text, stream);
      });
      if (child === null) return { code: null, stdout: "", stderr: `${command.program}: no such program`, missing: true };
      const { code } = await untilEnd(child, options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]));
      signal.throwIfAborted();
      return { code, stdout: lines.stdout.join("\n"), stderr: lines.stderr.join("\n"), missing: false };
    },
  };
}

function shownCommand(command: CommandLine, folder: string, inFolder: string): string {
  const text = renderCommandLine(command);
  return inFolder === folder ? text : `(cd ${relative(folder, inFolder)} && ${text})`;
}

async function start(
  command: CommandLine,
  cwd: string,
  onLine: (stream: "stdout" | "stderr", text: string) => void,
): Promise<Child | null> {
  try {
    return await startChild({ program: command.program, args: command.args, cwd, env: { ...ownEnv(), ...command.env } }, onLine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function untilEnd(child: Child, signal: AbortSignal): Child["exited"] {
  const kill = () => child.signal("SIGKILL");
  // It leads a group of its own, which Ctrl-C in the terminal does not reach.
  process.once("exit", kill);
  let grace: NodeJS.Timeout | undefined;
  const end = () => {
    child.signal("SIGTERM");
    grace = setTimeout(kill, GRACE_MS);
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    return await child.exited;
  } finally {
    clearTimeout(grace);
    signal.removeEventListener("abort", end);
    process.off("exit", kill);
  }
}

function ownEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
