import { type ProgramRunner, programRunner } from "@groundplan/programs";
import type { CommandInput, ExitCode } from "../command.js";
import { type Progress, showProgress } from "../output/progress.js";
import { listenForStop } from "../up/stop-signals.js";

/** What an action of `groundplan aws` works with. */
export interface Aws {
  readonly runner: ProgramRunner;
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

/**
 * How programs are asked to print what is read here. It changes nothing of what they do, so it is not shown:
 * Ansible's results as JSON of one line, at once, without colours; Terraform without hints for a person at the keyboard.
 */
export const PRINTING: Readonly<Record<string, string>> = {
  ANSIBLE_CALLBACK_FORMAT_PRETTY: "false",
  ANSIBLE_CALLBACK_RESULT_FORMAT: "json",
  ANSIBLE_FORCE_COLOR: "false",
  ANSIBLE_NOCOLOR: "true",
  ANSIBLE_NOCOWS: "true",
  PYTHONUNBUFFERED: "1",
  TF_IN_AUTOMATION: "1",
};

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
    return await run({
      runner: programRunner({ folder, env: PRINTING, stopSignal: "SIGINT", signal: stop.signal, onCommand }),
      progress,
      signal: stop.signal,
    });
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
