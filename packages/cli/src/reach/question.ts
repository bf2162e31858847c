import { type ExplainedReach, OPERATOR, type Plan } from "@groundplan/model";
import type { Arguments } from "../arguments/arguments.js";
import { UsageError } from "../arguments/usage-error.js";
import { type ChosenEnd, chooseEnd } from "./choose-end.js";

const MOST_HOPS = 9;

/** What is asked of one plan. `null`: of any. */
export interface Question {
  readonly from: ChosenEnd | null;
  readonly to: ChosenEnd | null;
  readonly port: number | null;
  /** A name that was asked for is not of this plan: nothing fits. */
  readonly impossible: boolean;
}

/** The question of the command line, for each of the plans. @throws UsageError when none of them can answer it. */
export function questionsOf(given: Arguments, plans: readonly Plan[]): readonly Question[] {
  const [from, to] = [given.text("from"), given.text("to")].map((name) => (name === null ? null : chooseEnd(name, plans)));
  const port = wholeNumber(given, "port", 65_535);
  const questions = plans.map((_, index) => {
    const [chosenFrom, chosenTo] = [from?.[index] ?? null, to?.[index] ?? null];
    const ownPort = typeof chosenTo?.port === "number" ? chosenTo.port : null;
    const impossible = (from !== null && chosenFrom === null) || (to !== null && chosenTo === null);
    return { from: chosenFrom, to: chosenTo, port: port ?? ownPort, impossible };
  });
  const reasons = questions.map((question, index) => unanswerable(question, plans[index]?.hosts.map(({ name }) => name) ?? []));
  const [reason] = reasons;
  if (reason !== undefined && reason !== null && !reasons.includes(null)) throw new UsageError(reason);
  return questions;
}

/** Why no rule of a plan with these hosts can answer a question; `null`: they can. */
function unanswerable({ from, to, port }: Question, hosts: readonly string[]): string | null {
  if (to === null) return null;
  if (to.end === OPERATOR) return "nobody serves anything at the operator's address: --to operator is never reached.";
  if (to.port === "none" && port === null) return "--to names a component that listens on no port; name its host, or a --port.";
  if (from === null || [from.end, to.end].some((end) => hosts.includes(end))) return null;
  return `${from.end} and ${to.end} are both outside: no rule of this stack is asked.`;
}

/** How many connections a way may have. */
export function hopsOf(given: Arguments): number {
  return wholeNumber(given, "hops", MOST_HOPS) ?? 1;
}

export function fits({ from, to, port, impossible }: Question, reach: Omit<ExplainedReach, "because" | "causes">): boolean {
  return (
    !impossible &&
    (from === null || from.end === reach.from) &&
    (to === null || to.end === reach.to) &&
    (port === null || port === reach.port)
  );
}

function wholeNumber(given: Arguments, option: string, most: number): number | null {
  const text = given.text(option);
  if (text === null) return null;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new UsageError(`--${option} is a whole number from 1 to ${most}, not "${text}".`);
}
