import type { NetworkRule, Plan } from "../plan.js";
import { networkRules } from "../planning/rules.js";
import { type Reach, reachKey } from "./reach.js";
import { reachability } from "./reachability.js";

/** What in the stack file a rule follows from. */
export interface Cause {
  /** "host": every host has it; "none": nothing in the stack needs the rule. */
  readonly kind: "bastion" | "public" | "link" | "scrape" | "monitoring" | "host" | "none";
  /** In words, for example "link vote -> redis". */
  readonly text: string;
}

export interface ExplainedReach extends Reach {
  readonly causes: readonly Cause[];
}

/**
 * Every connection that the rules let through, with what in the stack it follows from.
 *
 * @example explainedReachability(planOf(definition)).map(({ from, to, port }) => `${from} -> ${to}:${port}`)   // ["internet -> frontend:80", ...]
 */
export function explainedReachability(plan: Plan): readonly ExplainedReach[] {
  const byRule = causesByRule(plan);
  const causesOf = (rule: NetworkRule): readonly Cause[] => byRule.get(ruleKey(rule)) ?? [unexplained(rule)];
  return reachability(plan).map((reach) => ({ ...reach, causes: uniqueCauses(reach.because.flatMap(causesOf)) }));
}

/** The connections that the stack needs and the plan's rules refuse. */
export function refusedNeeds(plan: Plan): readonly ExplainedReach[] {
  const through = new Set(reachability(plan).map(reachKey));
  return explainedReachability({ ...plan, rules: networkRules(plan) }).filter((need) => !through.has(reachKey(need)));
}

/** The same rule, whatever it says that it is for. */
export function ruleKey({ group, direction, port, protocol, source }: NetworkRule): string {
  return [group, direction, port, protocol, "cidr" in source ? source.cidr : `group ${source.group}`].join(" ");
}

/** Asks for the rules of each fact alone: those follow from it. So what a fact needs is known in one place, where rules are derived. */
function causesByRule(plan: Plan): ReadonlyMap<string, readonly Cause[]> {
  const nothing: Plan = { ...plan, hosts: [], components: [], links: [], scrapes: [], monitoring: null };
  const causes = new Map<string, readonly Cause[]>();
  const add = (cause: Cause, facts: Partial<Plan>, without: Partial<Plan> = {}): void => {
    const others = new Set(networkRules({ ...nothing, ...without }).map(ruleKey));
    for (const key of networkRules({ ...nothing, ...facts }).map(ruleKey)) {
      if (!others.has(key)) causes.set(key, uniqueCauses([...(causes.get(key) ?? []), cause]));
    }
  };
  const { hosts, components, links, scrapes, monitoring } = plan;
  const plainHosts = hosts.map((host) => ({ ...host, bastion: false }));
  add({ kind: "bastion", text: "bastion" }, { hosts }, { hosts: plainHosts });
  for (const component of components) add({ kind: "public", text: `public service ${component.name}` }, { components: [component] });
  for (const link of links) add({ kind: "link", text: `link ${link.from} -> ${link.to}` }, { links: [link] });
  add({ kind: "monitoring", text: "monitoring" }, { monitoring });
  for (const scrape of scrapes) {
    add({ kind: "scrape", text: `metrics of ${scrape.component ?? scrape.host}` }, { monitoring, scrapes: [scrape] }, { monitoring });
  }
  add({ kind: "host", text: "every host" }, { hosts: plainHosts });
  return causes;
}

function unexplained({ purpose }: NetworkRule): Cause {
  return { kind: "none", text: `nothing in the stack (the rule says: ${purpose})` };
}

function uniqueCauses(causes: readonly Cause[]): readonly Cause[] {
  return [...new Map(causes.map((cause) => [cause.text, cause])).values()];
}
