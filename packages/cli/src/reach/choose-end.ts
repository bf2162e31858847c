import { INTERNET, nearest, OPERATOR, type Plan, type ReachEnd, reachability } from "@groundplan/model";
import { UsageError } from "../arguments/usage-error.js";

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
export function chooseEnd(name: string, plans: readonly Plan[]): readonly (ChosenEnd | null)[] {
  const found = plans.map((plan) => endOf(name, plan));
  if (found.some((chosen) => chosen !== null)) return found;
  const known = [...new Set(plans.flatMap(knownNames))];
  const meant = nearest(name, known);
  throw new UsageError(
    `"${name}" is no host and no component of this stack (there are: ${known.join(", ")}).${meant === null ? "" : ` Did you mean "${meant}"?`}`,
  );
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
