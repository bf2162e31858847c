import { spawn } from "node:child_process";
import { relative } from "node:path";
import { type CommandLine, renderCommandLine } from "./command-line.js";
import { ownEnv, type ProgramEnd, type ProgramOptions, type ProgramResult, runProgram } from "./run-program.js";

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
