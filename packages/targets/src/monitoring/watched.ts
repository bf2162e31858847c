import type { Exporter, Plan, PlannedHost, ScrapeTarget } from "@groundplan/model";
import type { MonitoringReach, ScrapeAddress } from "./reach.js";

/** A scrape target that Prometheus reaches. */
export interface WatchedScrape extends ScrapeTarget {
  readonly address: ScrapeAddress;
  /** What all of its series have in common: they are found by these labels in every rule and panel. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What there is to say something of: rules and dashboards follow from it. */
export interface Watched {
  readonly plan: Plan;
  readonly scrapes: readonly WatchedScrape[];
  readonly reach: MonitoringReach;
}

export function watchedOf(plan: Plan, reach: MonitoringReach): Watched {
  const scrapes = plan.scrapes.flatMap((scrape) => {
    const address = reach.addressOf(scrape);
    return address === null ? [] : [{ ...scrape, address, labels: labelsOf(scrape, plan.hosts) }];
  });
  return { plan, scrapes, reach };
}

/** `tier` is the subnet of the host: what is in the public one, anybody can reach. */
function labelsOf({ host, component }: ScrapeTarget, hosts: readonly PlannedHost[]): Readonly<Record<string, string>> {
  const tier = hosts.find(({ name }) => name === host)?.subnet ?? "private";
  return { host, tier, ...(component === null ? {} : { service: component }) };
}

/** The scrapes of the author's own services. */
export function serviceScrapes({ scrapes }: Watched): readonly WatchedScrape[] {
  return scrapes.filter(({ component, exporter }) => component !== null && exporter === null);
}

export function exporterScrapes({ scrapes }: Watched, exporter: Exporter): readonly WatchedScrape[] {
  return scrapes.filter((scrape) => scrape.exporter === exporter);
}

/** Labels of a service of the plan, for alerts that are about it. */
export function serviceLabels({ plan }: Watched, service: string): Readonly<Record<string, string>> {
  const host = plan.components.find(({ name }) => name === service)?.host ?? "";
  const tier = plan.hosts.find(({ name }) => name === host)?.subnet ?? "private";
  return { host, tier, service };
}

/** As PromQL writes it: {job="vote", host="frontend"}. */
export function selector(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${promString(value)}`)
    .join(", ")}}`;
}

export function promString(text: string): string {
  return JSON.stringify(text);
}
