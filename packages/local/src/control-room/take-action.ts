import { UserError } from "@groundplan/model";
import type { RunningStack } from "../running-stack.js";
import { partReport } from "./state-report.js";

/** A JSON answer. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ACTIONS = ["stop", "kill", "restart"] as const;

/** `POST /api/parts/<name>/<action>`: answers when it is done, with the part's new state. A bug is thrown. */
export async function takeAction(stack: RunningStack, name: string, action: string): Promise<Answer> {
  const known = stack.states().map((state) => state.name);
  if (!known.includes(name)) return problem(404, `The stack has no part "${name}" (parts: ${known.join(", ")}).`);
  const chosen = ACTIONS.find((candidate) => candidate === action);
  if (chosen === undefined) return problem(404, `There is no action "${action}" (actions: ${ACTIONS.join(", ")}).`);
  try {
    await stack[chosen](name);
  } catch (error) {
    if (error instanceof UserError) return problem(409, error.message);
    throw error;
  }
  const state = stack.states().find((candidate) => candidate.name === name);
  return { status: 200, body: { part: state === undefined ? null : partReport(stack, state) } };
}

export function problem(status: number, message: string): Answer {
  return { status, body: { error: message } };
}
