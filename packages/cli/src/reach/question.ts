import { type ExplainedReach, INTERNET, OPERATOR, type Plan, type ReachEnd, reachability } from "@groundplan/model";
import { UsageError, unknownName } from "../arguments/usage-error.js";

export const MOST_HOPS = 9;

/** What the command line asks. */
export interface ReachQuestion {
  readonly from: string | null;
  readonly to: string | null;
  readonly port: number | null;
}

/** What is asked of one plan. `null`: of any. */
export interface Question {
  readonly from: ChosenEnd | null;
  readonly to: ChosenEnd | null;
  readonly port: number | null;
  /** A name that was asked for is not of this plan: nothing fits. */
  readonly impossible: boolean;
}

/** The question of the command line, for each of the plans. @throws UsageError when none of them can answer it. */
export function questionsOf(asked: ReachQuestion, plans: readonly Plan[]): readonly Question[] {
  const [from, to] = [asked.from, asked.to].map((name) => (name === null ? null : chooseEnd(name, plans)));
  const questions = plans.map((_, index) => {
    const [chosenFrom, chosenTo] = [from?.[index] ?? null, to?.[index] ?? null];
    const ownPort = typeof chosenTo?.port === "number" ? chosenTo.port : null;
    const impossible = (from !== null && chosenFrom === null) || (to !== null && chosenTo === null);
    return { from: chosenFrom, to: chosenTo, port: asked.port ?? ownPort, impossible };
  });
  const reasons = questions.map((question, index) => unanswerable(question, plans[index]?.hosts.map(({ name }) => name) ?? []));
  const [reason] = reasons;
  if (reason !== undefined && reason !== null && !reasons.includes(null)) throw new UsageError(reason);
  return questions;
}

/** Why no rule of a plan with these hosts can answer a question; `null`: they can. */
function unanswerable({ from, to, port }: Question, hosts: readonly string[]): string | null {
  if (to === null) return null;
  if (to.end === OPERATOR) return "nothing listens at the operator's address: --to operator is never reached.";
  if (to.port === "none" && port === null) return "--to names a component that listens on no port; name its host, or add --port.";
  if (from === null || [from.end, to.end].some((end) => hosts.includes(end))) return null;
  return `${from.end} and ${to.end} are both outside the stack: its rules don't apply.`;
}

export function fits({ from, to, port, impossible }: Question, reach: Omit<ExplainedReach, "because" | "causes">): boolean {
  return (
    !impossible &&
    (from === null || from.end === reach.from) &&
    (to === null || to.end === reach.to) &&
    (port === null || port === reach.port)
  );
}

/** What a name on the command line stands for. */
export interface ChosenEnd {
  readonly end: ReachEnd;
  /** Of a component: the port that it listens on, if any. */
  readonly port: number | "every" | "none";
}

/**
 * The end that a name means: the internet, the operator, a range of a rule, a host, or a component, which stands for its host and port.
 * A name that is both is the host's.
 *
 * @param plans The stack, and the version that it is compared with. The name may be of either.
 * @returns For each plan: `null` when it has nothing of this name.
 * @throws UsageError when none has.
 */
function chooseEnd(name: string, plans: readonly Plan[]): readonly (ChosenEnd | null)[] {
  const found = plans.map((plan) => endOf(name, plan));
  if (found.some((chosen) => chosen !== null)) return found;
  const known = [...new Set(plans.flatMap(knownNames))];
  throw unknownName(`this stack has no host and no component "${name}"`, name, known);
}

function endOf(name: string, plan: Plan): ChosenEnd | null {
  if (endsOf(plan).has(name)) return { end: name, port: "every" };
  const component = plan.components.find((candidate) => candidate.name === name);
  return component === undefined ? null : { end: component.host, port: component.port ?? "none" };
}

/** The hosts, the internet, the operator and the ranges that rules name. */
function endsOf(plan: Plan): ReadonlySet<ReachEnd> {
  const hosts = plan.hosts.map(({ name }) => name);
  return new Set([INTERNET, OPERATOR, ...hosts, ...reachability(plan).flatMap(({ from, to }) => [from, to])]);
}

function knownNames(plan: Plan): readonly string[] {
  return [...endsOf(plan), ...plan.components.map(({ name }) => name)];
}
