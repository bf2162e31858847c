import { type ProgramRunner, programRunner } from "@groundplan/programs";
import type { CommandInput, ExitCode } from "../command.js";
import { type Progress, showProgress } from "../output/progress.js";
import { listenForStop } from "../up/stop-signals.js";

/** What a command around Docker works with. */
export interface Docker {
  readonly runner: ProgramRunner;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface DockerWork {
  /** All that may have a row in the progress. */
  readonly names: readonly string[];
  /** Folder that the commands are run in; default: the command line's. */
  readonly folder?: string;
  run(docker: Docker): Promise<ExitCode>;
  /** After Ctrl-C, when all that ran was ended: says what is left, with a runner that still runs. */
  stopped(runner: ProgramRunner, say: (text: string) => void): Promise<ExitCode>;
}

const DIM = "\u001b[2m";
const RESET = "\u001b[0m";

/** Gives the work a runner whose commands are shown, a progress, and a clean end by Ctrl-C. */
export async function withDocker(input: CommandInput, { names, folder = input.folder, run, stopped }: DockerWork): Promise<ExitCode> {
  const { terminal } = input;
  const progress = showProgress(terminal, names);
  const stop = listenForStop(() => progress.note("stopping; once more ends everything at once"));
  const shown = new Set<string>();
  const onCommand = (text: string) => {
    // Asked again, it teaches nothing new.
    if (shown.has(text)) return;
    shown.add(text);
    progress.note(terminal.color ? `${DIM}$ ${text}${RESET}` : `$ ${text}`);
  };
  try {
    return await run({ runner: programRunner({ folder, signal: stop.signal, onCommand }), progress, signal: stop.signal });
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
    return await stopped(programRunner({ folder, signal: new AbortController().signal, onCommand }), progress.note);
  } finally {
    progress.close();
    stop.release();
  }
}
