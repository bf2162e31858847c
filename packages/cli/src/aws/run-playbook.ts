import { UserError, type UserProblem } from "@groundplan/model";
import type { Progress } from "../output/progress.js";
import { ansiblePlaybook, type PlaybookOptions } from "./ansible-commands.js";
import { type AnsibleEvent, parseAnsibleLine, type TaskResult } from "./ansible-events.js";
import { explainTask, type FailedTask } from "./ansible-failures.js";
import { failedTool } from "./failed-tool.js";
import type { Aws } from "./with-aws.js";

const ROW = "ansible";

export interface PlaybookRun extends Aws {
  /** Of the Ansible files. */
  readonly folder: string;
  /** Another action on the same deployment, as one types it. */
  hint(action: string): string;
  /** The command that goes on after a failure, as one types it. */
  readonly again: string;
}

export interface PlaybookOutcome {
  /** Counts of the recap, summed over the hosts: "ok", "changed", ... */
  readonly counts: Readonly<Record<string, number>>;
}

/** What a task says by `debug`. */
export interface Message {
  readonly host: string;
  /** Of a loop, what the item is called. */
  readonly item: string | null;
  readonly text: string;
}

/** Shows what tasks say among the progress, line by line: it may be a table. */
export function noteMessages(progress: Progress): (message: Message) => void {
  return ({ text }) => {
    for (const line of text.split("\n")) progress.note(line);
  };
}

/**
 * Runs a playbook, and shows which task each host is at.
 *
 * @throws UserError with the failed tasks: what they printed, and what to do.
 */
export async function runPlaybook(
  run: PlaybookRun,
  options: PlaybookOptions,
  onMessage: (message: Message) => void,
): Promise<PlaybookOutcome> {
  const { runner, progress } = run;
  const command = ansiblePlaybook(run.folder, options);
  // Of each host the last one: what failed before it was ignored or rescued.
  const failures = new Map<string, FailedTask>();
  const lost = new Set<string>();
  const counts: Record<string, number> = {};
  let task = "";
  const onEvent = (event: AnsibleEvent) => {
    switch (event.kind) {
      case "play":
        return progress.step(ROW, event.name);
      case "task":
        task = event.name;
        return progress.step(ROW, task);
      case "retry":
        return progress.step(event.host, event.text);
      case "result": {
        const { host, item, status, result } = event;
        if (status === "failed" || status === "unreachable")
          failures.set(host, { host, task, unreachable: status === "unreachable", result });
        else if (status === "ok" && isDebug(result)) onMessage({ host, item, text: textOf(result.msg) });
        if (status !== "skipping" && status !== "ok") progress.step(host, `${status}: ${task}`);
        return;
      }
      case "recap": {
        for (const [name, count] of Object.entries(event.counts)) counts[name] = (counts[name] ?? 0) + count;
        const { ok = 0, changed = 0, failed = 0, unreachable = 0 } = event.counts;
        if (failed + unreachable > 0) lost.add(event.host);
        progress.end(event.host, unreachable > 0 ? "unreachable" : failed > 0 ? "failed" : `${ok} tasks, ${changed} changes`);
      }
    }
  };
  const result = await runner.run(command, {
    onLine(line, stream) {
      const event = stream === "stdout" ? parseAnsibleLine(line) : null;
      if (event !== null) onEvent(event);
    },
  });
  progress.end(ROW, result.code === 0 ? `${options.playbook} is done` : `${options.playbook} failed`);
  if (result.code === 0 && counts.ok !== undefined) return { counts };
  if (result.code === 0) throw new UserError(reachedNobody(options.playbook, run));
  const problems = [...failures.values()]
    .filter(({ host }) => lost.has(host))
    .map((failure) => explainTask(failure, run.again, run.hint(`connect ${failure.host}`)));
  // Without a failed task Ansible itself refused: a playbook, an inventory or a host name that is wrong.
  throw problems.length > 0 ? new UserError(problems) : failedTool(command, result, run.again);
}

/** Ansible calls it a success. */
function reachedNobody(playbook: string, { again }: PlaybookRun): UserProblem {
  return {
    message: `${playbook} did nothing: the inventory has none of its hosts`,
    fix: `see what ansible-inventory --list says in the folder of the Ansible files, then go on: ${again}`,
  };
}

const OF_DEBUG = ["msg", "changed", "item", "ansible_loop_var"];

/** `debug` answers nothing but its message; modules that answer more say it for themselves. */
function isDebug(result: TaskResult): boolean {
  return result.msg !== undefined && Object.keys(result).every((key) => OF_DEBUG.includes(key));
}

function textOf(message: unknown): string {
  if (Array.isArray(message)) return message.map(textOf).join("\n");
  return typeof message === "string" ? message : JSON.stringify(message, null, 2);
}
