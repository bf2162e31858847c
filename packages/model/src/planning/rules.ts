import type { AwsDefinition, MonitoringDefinition } from "../definition.js";
import {
  type Link,
  type NetworkRule,
  OPERATOR_CIDR,
  type PlannedComponent,
  type PlannedHost,
  type RuleSource,
  type ScrapeTarget,
} from "../plan.js";
import { GRAFANA_PORT, PROMETHEUS_PORT } from "./scrapes.js";
import { compareText, sortedUnique } from "./start-order.js";

export const SSH_PORT = 22;
const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const ANYWHERE = "0.0.0.0/0";

export interface RuleFacts {
  readonly hosts: readonly PlannedHost[];
  readonly components: readonly PlannedComponent[];
  readonly links: readonly Link[];
  readonly scrapes: readonly ScrapeTarget[];
  readonly monitoring: MonitoringDefinition | null;
  readonly aws: AwsDefinition;
}

/**
 * Every packet that may cross a host's border, each rule from a fact of the stack: the bastion, a public
 * service, a link, or monitoring. What stays on one host needs no rule. Both ends of a connection between hosts have one.
 */
export function networkRules(facts: RuleFacts): readonly NetworkRule[] {
  const ingress = [...sshNeeds(facts), ...publicNeeds(facts), ...linkNeeds(facts), ...monitoringNeeds(facts)];
  const egress = [...ingress.flatMap(mirrored), ...facts.hosts.map(internetNeed)];
  return joinNeeds(
    [...ingress, ...egress],
    facts.hosts.map(({ name }) => name),
  );
}

function sshNeeds({ hosts }: RuleFacts): readonly Need[] {
  const bastion = hosts.find((host) => host.bastion);
  if (bastion === undefined) return [];
  return hosts.map(({ name }) =>
    name === bastion.name
      ? ingressNeed(name, SSH_PORT, { cidr: OPERATOR_CIDR }, "bastion", "SSH")
      : ingressNeed(name, SSH_PORT, { group: bastion.name }, "bastion", "SSH by way of the bastion"),
  );
}

function publicNeeds({ components, aws }: RuleFacts): readonly Need[] {
  const open = (host: string, port: number, purpose: string) => ingressNeed(host, port, { cidr: ANYWHERE }, "public", purpose);
  return components.flatMap(({ name, host, port, public: isPublic }) => {
    if (!isPublic || port === null) return [];
    if (aws.domain === null) return [open(host, port, `${name} app`)];
    return [open(host, HTTPS_PORT, `${name} app by HTTPS`), open(host, HTTP_PORT, "certificates, redirect to HTTPS")];
  });
}

function linkNeeds({ links, components }: RuleFacts): readonly Need[] {
  return links
    .filter(({ fromHost, toHost }) => fromHost !== toHost)
    .map(({ from, to, port, fromHost, toHost }) => ({
      ...ingressNeed(toHost, port, { group: fromHost }, "link", productName(to, components)),
      user: from,
    }));
}

function monitoringNeeds({ monitoring, scrapes }: RuleFacts): readonly Need[] {
  if (monitoring === null) return [];
  const { on, openTo } = monitoring;
  return [
    ingressNeed(on, GRAFANA_PORT, { cidr: openTo }, "monitoring", "Grafana"),
    ingressNeed(on, PROMETHEUS_PORT, { cidr: openTo }, "monitoring", "Prometheus"),
    ...scrapes
      .filter(({ host }) => host !== on)
      .map((scrape) => ingressNeed(scrape.host, scrape.port, { group: on }, "monitoring", scrapePurpose(scrape))),
  ];
}

function internetNeed({ name }: PlannedHost): Need {
  const purpose = "CloudWatch agent, packages, images";
  return { ...ingressNeed(name, HTTPS_PORT, { cidr: ANYWHERE }, "internet", purpose), direction: "egress" };
}

function ingressNeed(group: string, port: number, source: Need["source"], reason: Need["reason"], purpose: string): Need {
  return { group, direction: "ingress", port, source, reason, purpose, user: null };
}

/** What one group lets in from another, the other must be allowed to send. */
function mirrored(need: Need): readonly Need[] {
  if (!("group" in need.source)) return [];
  return [{ ...need, group: need.source.group, direction: "egress", source: { group: need.group } }];
}

function productName(name: string, components: readonly PlannedComponent[]): string {
  const kind = components.find((component) => component.name === name)?.kind;
  return kind === "redis" ? "Redis" : kind === "postgres" ? "PostgreSQL" : name;
}

function scrapePurpose({ exporter, component }: ScrapeTarget): string {
  return exporter === null ? `${component} metrics` : `${exporter} exporter`;
}

/** Why a connection is let through, in the order in which a host's rules are listed. */
const REASONS = ["bastion", "public", "link", "monitoring", "internet"] as const;

/** One fact's wish for a rule. Several may want the same rule. */
interface Need {
  readonly group: string;
  readonly direction: "ingress" | "egress";
  readonly port: number;
  readonly source: RuleSource;
  readonly reason: (typeof REASONS)[number];
  readonly purpose: string;
  /** Of a link: the component that opens it. */
  readonly user: string | null;
}

/**
 * One rule for each group, direction, port and other end (clouds refuse a second one), with the purposes of all who
 * need it. Sorted by host, ingress first, then by reason, port and other end.
 */
function joinNeeds(needs: readonly Need[], hosts: readonly string[]): readonly NetworkRule[] {
  const rules = new Map<string, { readonly first: Need; readonly all: Need[] }>();
  for (const need of [...needs].sort((a, b) => compareNeeds(a, b, hosts))) {
    const key = [need.group, need.direction, need.port, otherEnd(need)].join(" ");
    const same = rules.get(key);
    if (same === undefined) rules.set(key, { first: need, all: [need] });
    else same.all.push(need);
  }
  return [...rules.values()].map(({ first: { group, direction, port, source }, all }) => ({
    group,
    direction,
    port,
    protocol: "tcp",
    source,
    purpose: joinedPurpose(all),
  }));
}

/** "Redis from result, vote" for two links; "api from shop; api metrics" where monitoring reads the same port. */
function joinedPurpose(needs: readonly Need[]): string {
  const users = new Map<string, string[]>();
  for (const { purpose, user } of needs) users.set(purpose, [...(users.get(purpose) ?? []), ...(user === null ? [] : [user])]);
  return [...users].map(([purpose, from]) => (from.length === 0 ? purpose : `${purpose} from ${sortedUnique(from).join(", ")}`)).join("; ");
}

function byReason(a: Need, b: Need): number {
  return REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason);
}

function compareNeeds(a: Need, b: Need, hosts: readonly string[]): number {
  return (
    hosts.indexOf(a.group) - hosts.indexOf(b.group) ||
    directionRank(a) - directionRank(b) ||
    byReason(a, b) ||
    a.port - b.port ||
    compareText(otherEnd(a), otherEnd(b))
  );
}

function directionRank({ direction }: Need): number {
  return direction === "ingress" ? 0 : 1;
}

function otherEnd({ source }: Need): string {
  return "cidr" in source ? source.cidr : source.group;
}
