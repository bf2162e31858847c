import { type ProgramRunner, programRunner } from "@groundplan/programs";
import type { CommandInput, ExitCode } from "../command.js";
import { type Progress, showProgress } from "../output/progress.js";
import { listenForStop } from "./stop-signals.js";

/** What a command that runs other programs works with. */
export interface Programs {
  readonly runner: ProgramRunner;
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Work {
  /** All that may have a row in the progress. */
  readonly names: readonly string[];
  /** Folder that the programs run in. Default: the command line's */
  readonly folder?: string;
  run(programs: Programs): Promise<ExitCode>;
  /** After Ctrl-C, when all that ran has ended: says what is left, with a runner that still runs. */
  stopped(runner: ProgramRunner, say: (text: string) => void): Promise<ExitCode>;
}

interface Manner {
  readonly stopSignal: "SIGTERM" | "SIGINT";
  /** Variables that every program gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Said after the first Ctrl-C. */
  readonly stopping: string;
  /** Shows a command that is run again only the first time: it teaches nothing new. */
  readonly showsOnce: boolean;
}

const DOCKER: Manner = {
  stopSignal: "SIGTERM",
  env: {},
  stopping: "stopping; press Ctrl-C again to end everything at once",
  showsOnce: true,
};

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

const AWS: Manner = {
  stopSignal: "SIGINT",
  env: PRINTING,
  stopping:
    "stopping: letting what is under way finish, which may take minutes; press Ctrl-C again to cut it off, and AWS may keep what nobody knows of",
  showsOnce: false,
};

/** Gives the work a runner whose commands are shown, a progress, and a clean end by Ctrl-C. */
export function withDocker(input: CommandInput, work: Work): Promise<ExitCode> {
  return withPrograms(input, DOCKER, work);
}

/** The same for Terraform, Ansible and ssh. `stopped`: what is left after Ctrl-C, and how to go on; `null`: it was meant to end so. */
export function withAws(input: CommandInput, work: Omit<Work, "stopped"> & { readonly stopped: string | null }): Promise<ExitCode> {
  return withPrograms(input, AWS, {
    ...work,
    async stopped(_, say) {
      if (work.stopped === null) return 0;
      say(work.stopped);
      return 1;
    },
  });
}

async function withPrograms(input: CommandInput, manner: Manner, { names, folder = input.folder, run, stopped }: Work): Promise<ExitCode> {
  const { terminal } = input;
  const { env, stopSignal } = manner;
  const progress = showProgress(terminal, names);
  const stop = listenForStop(() => progress.note(manner.stopping));
  const shown = new Set<string>();
  const onCommand = (text: string) => {
    if (manner.showsOnce && shown.has(text)) return;
    shown.add(text);
    progress.note(terminal.style("dim", `$ ${text}`));
  };
  try {
    const runner = programRunner({ folder, env, stopSignal, signal: stop.signal, onCommand });
    return await run({ runner, progress, signal: stop.signal });
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
    return await stopped(programRunner({ folder, env, stopSignal, signal: new AbortController().signal, onCommand }), progress.note);
  } finally {
    progress.close();
    stop.release();
  }
}
