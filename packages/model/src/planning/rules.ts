import type { AwsDefinition, MonitoringDefinition } from "../definition.js";
import { type Link, type NetworkRule, OPERATOR_CIDR, type PlannedComponent, type PlannedHost, type ScrapeTarget } from "../plan.js";
import { joinNeeds, type Need } from "./joined-needs.js";
import { GRAFANA_PORT, PROMETHEUS_PORT } from "./monitoring-ports.js";

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
