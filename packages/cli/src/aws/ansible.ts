import { UserError, type UserProblem } from "@groundplan/model";
import { type CommandLine, lastLines } from "@groundplan/programs";
import type { Progress } from "../output/progress.js";
import type { Programs } from "../programs/with-programs.js";
import { explainSsh } from "./ssh.js";
import { failedTool } from "./terraform-failures.js";

const ROW = "ansible";

export interface PlaybookRun extends Programs {
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
    fix: `see what ansible-inventory --list prints in the folder of the Ansible files, then resume with: ${again}`,
  };
}

const OF_DEBUG = ["msg", "changed", "item", "ansible_loop_var"];

/** `debug` answers nothing but its message; modules that answer more say it for themselves. */
function isDebug(result: TaskResult): boolean {
  return result.msg !== undefined && Object.keys(result).every((key) => OF_DEBUG.includes(key));
}

/** A task's `msg` is a text, a list of texts, or what a template made of it. */
function textOf(message: unknown): string {
  if (message === undefined || message === null) return "";
  if (Array.isArray(message)) return message.map(textOf).join("\n");
  return typeof message === "string" ? message : JSON.stringify(message, null, 2);
}

export interface PlaybookOptions {
  /** Path from the folder of the Ansible files. */
  readonly playbook: string;
  /** Only this host; `null`: all. */
  readonly limit?: string | null;
  /** `name=value` each. */
  readonly variables?: readonly string[];
}

/** @param folder Of the Ansible files: ansible.cfg there names the inventory. */
export function ansiblePlaybook(folder: string, { playbook, limit = null, variables = [] }: PlaybookOptions): CommandLine {
  return {
    program: "ansible-playbook",
    args: [playbook, ...(limit === null ? [] : ["--limit", limit]), ...variables.flatMap((variable) => ["--extra-vars", variable])],
    cwd: folder,
  };
}

const LINES_SHOWN = 8;

/** A task that failed on a host. */
export interface FailedTask {
  readonly host: string;
  readonly task: string;
  readonly unreachable: boolean;
  readonly result: TaskResult;
}

/**
 * @param again The command that goes on, as one types it.
 * @param connect The command that opens a shell on the host.
 */
export function explainTask({ host, task, unreachable, result: whole }: FailedTask, again: string, connect: string): UserProblem {
  // Of a loop, the items tell more than their sum.
  const result = whole.results?.find(({ msg }) => msg !== undefined) ?? whole;
  const message = textOf(result.msg);
  if (unreachable) return explainSsh(message, host, again);
  const where = `${host}: "${task}" failed`;
  if (result.censored !== undefined) {
    return {
      message: `${where}; its output is hidden because it holds secrets`,
      fix: `fix it on the host (${connect}), then resume with: ${again}`,
    };
  }
  // The module's words for every failed command; what the command printed says more.
  const said = message === "non-zero return code" ? "" : message;
  const printed = [said, result.stderr ?? "", result.stdout ?? ""].find((text) => text.trim() !== "") ?? "";
  const code = result.rc === undefined || result.rc === 0 ? "" : ` (exit code ${result.rc})`;
  return { message: `${where}${code}`, detail: lastLines(printed, LINES_SHOWN), fix: `fix the error above, then resume with: ${again}` };
}

/**
 * A line that `ansible-playbook` prints, as far as it is read: the callback "default" with results as JSON of one line
 * (https://docs.ansible.com/ansible/latest/collections/ansible/builtin/default_callback.html).
 */
export type AnsibleEvent =
  | { readonly kind: "play"; readonly name: string }
  | { readonly kind: "task"; readonly name: string }
  | {
      readonly kind: "result";
      readonly host: string;
      readonly item: string | null;
      readonly status: TaskStatus;
      readonly result: TaskResult;
    }
  | { readonly kind: "retry"; readonly host: string; readonly text: string }
  | { readonly kind: "recap"; readonly host: string; readonly counts: Readonly<Record<string, number>> };

export type TaskStatus = "ok" | "changed" | "skipping" | "failed" | "unreachable";

/** What a module answers, as far as it is read. */
export interface TaskResult {
  readonly msg?: unknown;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly rc?: number;
  readonly unreachable?: boolean;
  /** Of a loop: what each item came to. */
  readonly results?: readonly TaskResult[];
  /** Instead of all the rest, where the task has `no_log`. */
  readonly censored?: string;
}

/** `null`: a line that says nothing of these. */
export function parseAnsibleLine(line: string): AnsibleEvent | null {
  const heading = /^(PLAY|TASK|RUNNING HANDLER) \[(.*)\] \**$/.exec(line);
  if (heading !== null) return { kind: heading[1] === "PLAY" ? "play" : "task", name: heading[2] ?? "" };

  const retry = /^FAILED - RETRYING: \[([^\]]+)\]: (.*)$/.exec(line);
  if (retry !== null) return { kind: "retry", host: retry[1] ?? "", text: retry[2] ?? "" };

  const recap = /^(\S+)\s+: (ok=\d+ .*)$/.exec(line);
  if (recap !== null) return { kind: "recap", host: recap[1] ?? "", counts: countsOf(recap[2] ?? "") };

  const result =
    /^(ok|changed|skipping|failed|fatal): \[([^\]]+)\](?:: (FAILED|UNREACHABLE)!)?(?:(?: =>)? \(item=(.*?)\))?(?: => (\{.*))?$/.exec(line);
  if (result === null) return null;
  const [, word = "", hosts = "", verdict, item, json = ""] = result;
  const answer = parseResult(json);
  const isUnreachable = verdict === "UNREACHABLE" || answer.unreachable === true;
  const status = isUnreachable ? "unreachable" : word === "fatal" ? "failed" : (word as TaskStatus);
  // A delegated task names two: "backend -> localhost".
  return { kind: "result", host: hosts.split(" -> ")[0] ?? "", item: item ?? null, status, result: answer };
}

function countsOf(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries([...text.matchAll(/(\w+)=(\d+)/g)].map(([, name = "", count]) => [name, Number(count)]));
}

function parseResult(json: string): TaskResult {
  if (!json.startsWith("{")) return {};
  try {
    return JSON.parse(json) as TaskResult;
  } catch {
    return { msg: json };
  }
}
