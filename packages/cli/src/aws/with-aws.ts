import type { CommandInput, ExitCode } from "../command.js";
import { type Progress, showProgress } from "../output/progress.js";
import { listenForStop } from "../up/stop-signals.js";
import { type ToolRunner, toolRunner } from "./tool-runner.js";

/** What an action of `groundplan aws` works with. */
export interface Aws {
  readonly runner: ToolRunner;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface AwsWork {
  /** All that may have a row in the progress. */
  readonly names: readonly string[];
  run(aws: Aws): Promise<ExitCode>;
  /** After Ctrl-C, when all that ran has ended: what is left, and how to go on. `null`: nothing to say, it was meant to end so. */
  readonly stopped: string | null;
}

const DIM = "\u001b[2m";
const RESET = "\u001b[0m";

/** Gives the work a runner whose commands are shown, a progress, and a clean end by Ctrl-C. */
export async function withAws(input: CommandInput, { names, run, stopped }: AwsWork): Promise<ExitCode> {
  const { terminal, folder } = input;
  const progress = showProgress(terminal, names);
  const stop = listenForStop(() =>
    progress.note("stopping: what is on its way is ended properly, which may take minutes; once more ends it at once, and may forget it"),
  );
  const onCommand = (text: string) => progress.note(terminal.color ? `${DIM}$ ${text}${RESET}` : `$ ${text}`);
  try {
    return await run({ runner: toolRunner({ folder, signal: stop.signal, onCommand }), progress, signal: stop.signal });
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
    if (stopped === null) return 0;
    progress.note(stopped);
    return 1;
  } finally {
    progress.close();
    stop.release();
  }
}
