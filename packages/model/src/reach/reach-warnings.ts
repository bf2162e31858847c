import { type Link, type NetworkRule, OPERATOR_CIDR, type Plan } from "../plan.js";
import { networkRules, SSH_PORT } from "../planning/rules.js";
import { GRAFANA_PORT, PROMETHEUS_PORT } from "../planning/scrapes.js";
import { refusedNeeds, ruleKey } from "./causes.js";
import { INTERNET, type Reach } from "./reach.js";
import { reachability } from "./reachability.js";
import { whyNot } from "./why-not.js";

export type ReachWarningCode = "DATABASE_OPEN" | "SSH_OPEN" | "MONITORING_OPEN" | "LINK_REFUSED" | "NEED_REFUSED" | "RULE_UNNEEDED";

/** What somebody should look at before these rules hold anything up. */
export interface ReachWarning {
  readonly code: ReachWarningCode;
  /** What is wrong and where, one sentence. */
  readonly message: string;
  readonly fix: string;
  /** The rules that it is about; empty: one is missing. */
  readonly rules: readonly NetworkRule[];
}

/** What is dangerous, missing or too much in a plan's rules. The plan may be of any origin: its rules need not follow from the rest of it. */
export function reachWarnings(plan: Plan): readonly ReachWarning[] {
  const reaches = reachability(plan);
  const open = reaches.filter(({ from }) => from === INTERNET);
  return [
    ...openDatabases(plan, open),
    ...openSsh(open),
    ...openMonitoring(plan, open),
    ...refusedLinks(plan, reaches),
    ...otherRefusedNeeds(plan),
    ...unneededRules(plan),
  ];
}

function openDatabases({ components }: Plan, open: readonly Reach[]): readonly ReachWarning[] {
  return components
    .filter(({ kind }) => kind !== "service")
    .flatMap(({ name, host, port }) =>
      open
        .filter((reach) => reach.to === host && reach.port === port)
        .map(({ because }) => ({
          code: "DATABASE_OPEN",
          message: `the rules open the database ${name} to the world: port ${port} of ${host}`,
          fix: "let in only the groups of the hosts whose services use it",
          rules: because,
        })),
    );
}

function openSsh(open: readonly Reach[]): readonly ReachWarning[] {
  return open
    .filter(({ port }) => port === SSH_PORT)
    .map(({ to, because }) => ({
      code: "SSH_OPEN",
      message: `the rules open SSH of ${to} to the world`,
      fix: `let in the operator's address (${OPERATOR_CIDR}) on the bastion, and the bastion's group on every other host`,
      rules: because,
    }));
}

function openMonitoring({ monitoring, scrapes }: Plan, open: readonly Reach[]): readonly ReachWarning[] {
  if (monitoring === null) return [];
  const { on } = monitoring;
  const narrow = 'narrow it, for example openTo: "203.0.113.7/32" in s.monitoring';
  const pages = [
    { name: "Grafana", host: on, port: GRAFANA_PORT, fix: narrow },
    { name: "Prometheus", host: on, port: PROMETHEUS_PORT, fix: narrow },
  ];
  const exporters = scrapes
    .filter(({ exporter }) => exporter !== null)
    .map(({ exporter, host, port }) => ({ name: `the ${exporter} exporter`, host, port, fix: `let in only the group of ${on}` }));
  return [...pages, ...exporters].flatMap(({ name, host, port, fix }) =>
    open
      .filter((reach) => reach.to === host && reach.port === port)
      .map(({ because }) => ({
        code: "MONITORING_OPEN",
        message: `the rules open ${name} to the world: port ${port} of ${host}`,
        fix,
        rules: because,
      })),
  );
}

function refusedLinks(plan: Plan, reaches: readonly Reach[]): readonly ReachWarning[] {
  const passes = ({ fromHost, toHost, port, protocol }: Link): boolean =>
    fromHost === toHost ||
    reaches.some((reach) => reach.from === fromHost && reach.to === toHost && reach.port === port && reach.protocol === protocol);
  return plan.links
    .filter((link) => !passes(link))
    .map(({ from, to, fromHost, toHost, port }) => ({
      code: "LINK_REFUSED",
      message: `the link ${from} -> ${to} is refused: ${whyNot(fromHost, toHost, port, plan).join("; ")}`,
      fix: `let ${fromHost} out to ${toHost} and in there, on port ${port}`,
      rules: [],
    }));
}

/** What monitoring, the bastion or a public service needs. Links are told of by `refusedLinks`, which does not ask how rules are derived. */
function otherRefusedNeeds(plan: Plan): readonly ReachWarning[] {
  return refusedNeeds(plan)
    .filter(({ causes }) => !causes.some(({ kind }) => kind === "link"))
    .map(({ from, to, port, causes }) => ({
      code: "NEED_REFUSED",
      message: `${causes.map(({ text }) => text).join(", ")}: ${whyNot(from, to, port, plan).join("; ")}`,
      fix: `let ${from} reach ${to} on port ${port}`,
      rules: [],
    }));
}

function unneededRules(plan: Plan): readonly ReachWarning[] {
  const needed = new Set(networkRules(plan).map(ruleKey));
  return plan.rules
    .filter((rule) => !needed.has(ruleKey(rule)))
    .map((rule) => ({
      code: "RULE_UNNEEDED",
      message: `nothing in the stack needs this rule: ${ruleText(rule)} (${rule.purpose})`,
      fix: "remove the rule, or write into the stack file what needs it",
      rules: [rule],
    }));
}

function ruleText({ group, direction, port, protocol, source }: NetworkRule): string {
  const other = "cidr" in source ? source.cidr : `group ${source.group}`;
  return `${group} ${direction} ${port}/${protocol} ${direction === "ingress" ? "from" : "to"} ${other}`;
}
