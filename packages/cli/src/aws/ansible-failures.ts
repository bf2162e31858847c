import type { UserProblem } from "@groundplan/model";
import { lastLines } from "@groundplan/programs";
import type { TaskResult } from "./ansible-events.js";
import { explainSsh } from "./ssh-failures.js";

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
      message: `${where}; what it says is hidden, since secrets stand in it`,
      fix: `look on the host (${connect}), put it right, then go on: ${again}`,
    };
  }
  // The module's words for every failed command; what the command printed says more.
  const said = message === "non-zero return code" ? "" : message;
  const printed = [said, result.stderr ?? "", result.stdout ?? ""].find((text) => text.trim() !== "") ?? "";
  const code = result.rc === undefined || result.rc === 0 ? "" : ` (exit code ${result.rc})`;
  return { message: `${where}${code}`, detail: lastLines(printed, LINES_SHOWN), fix: `put right what it says, then go on: ${again}` };
}

/** A task's `msg` is a text, a list of texts, or what a template made of it. */
function textOf(message: unknown): string {
  if (message === undefined || message === null) return "";
  if (typeof message === "string") return message;
  return Array.isArray(message) ? message.map(textOf).join("\n") : JSON.stringify(message);
}
