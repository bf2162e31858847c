import { ALERTMANAGER_PORT, type Plan, PROMETHEUS_PORT, type ScrapeTarget } from "@groundplan/model";
import { type MonitoringContainer, monitoringContainers, scrapedName } from "../monitoring/containers.js";
import { DASHBOARD_FOLDER, type MonitoringReach, type ScrapeAddress, smtpReceiver } from "../monitoring/reach.js";
import type { GeneratedFile } from "../target.js";
import { componentContainers, withoutImage } from "./component-containers.js";
import { type Container, isOpenToPeople } from "./container.js";
import { type ContainerNetwork, containerNetworks, type NetworkNeeds } from "./container-networks.js";
import { secretSettings } from "./settings.js";

/** What a plan means for an engine that runs containers: what Compose and Swarm have in common. */
export interface ContainerPlan {
  readonly plan: Plan;
  /** Of the components that an image can be had for, in start order. */
  readonly components: readonly Container[];
  /** Names of services with a command only: they run on a laptop, and nowhere here. */
  readonly leftOut: readonly string[];
  /** The programs of monitoring; empty for a stack without. */
  readonly monitoring: readonly MonitoringContainer[];
  readonly networks: readonly ContainerNetwork[];
  /** Public service, not of monitoring -> port of the machine. */
  readonly ports: ReadonlyMap<string, number>;
  /** Secret -> the variable that holds it. */
  readonly settings: ReadonlyMap<string, string>;
}

/** What an engine needs of its networks, and how it leads Prometheus to what it reads. */
export interface EngineNeeds extends NetworkNeeds {
  /** The name that the DNS has the addresses of all copies of a service under. */
  readonly copiesOf: (service: string) => string;
  /** Whether there may be several machines: each has a node exporter of its own. */
  readonly manyMachines: boolean;
  /** Whether it kills what it finds unhealthy, and starts another. */
  readonly killsUnhealthy: boolean;
}

/** Compose's: Docker allows names of any length, and a published port needs a network that is not internal. */
const COMPOSE_NEEDS: EngineNeeds = {
  longestName: Number.POSITIVE_INFINITY,
  publishing: true,
  copiesOf: (service) => service,
  manyMachines: false,
  killsUnhealthy: false,
};

export function containerPlanOf(plan: Plan, needs: EngineNeeds = COMPOSE_NEEDS): ContainerPlan {
  const published = publishedPorts(plan);
  const components = componentContainers(plan, {
    outside: (service, port) => published.get(service) ?? port,
    killsUnhealthy: needs.killsUnhealthy,
  });
  const names = new Set(components.map(({ name }) => name));
  const reach = plan.monitoring === null ? null : engineReach(plan, names, needs);
  const monitoring = monitoringContainers(plan, reach, "engine");
  const links = plan.links.filter(({ from, to }) => names.has(from) && names.has(to));
  const reaches = monitoring.flatMap(({ name, opens }) => opens.map((to) => ({ from: name, to: to.name })));
  const pages = monitoring.filter(isOpenToPeople).map(({ name }) => name);
  return {
    plan,
    components,
    leftOut: withoutImage(plan),
    monitoring,
    networks: containerNetworks([...components, ...monitoring], [...links, ...reaches], needs),
    ports: new Map([...published].filter(([name]) => names.has(name))),
    settings: secretSettings(plan.secrets, [...plan.components.map(({ name }) => name), ...pages]),
  };
}

/** Names of those here that use a component, in start order. */
export function usersOf({ components }: ContainerPlan, name: string): readonly string[] {
  return components.filter(({ after }) => after.includes(name)).map((user) => user.name);
}

/** The generated files that containers read, each once. */
export function filesOf(containers: readonly Container[]): readonly GeneratedFile[] {
  return containers.flatMap(({ files }) => files.map(({ path, text }) => ({ path, text })));
}

/** The port that a component listens on in its container. That it has one is for the model to see to: links lead nowhere else. */
export function portOf({ components }: Plan, of: string): number {
  const port = components.find(({ name }) => name === of)?.port;
  if (port === undefined || port === null) throw new Error(`the plan leads a variable to the port of ${of}, which has none`);
  return port;
}

const FIRST_PORT = 8080;
/** The control room of `groundplan up` has it: both may run on one machine. */
const CONTROL_ROOM = 8090;

/** Public service -> the port of the machine that it is published on unless the user says otherwise: the same as under `groundplan up`. */
function publishedPorts({ components }: Plan): ReadonlyMap<string, number> {
  const visited = components.filter((component) => component.public && component.port !== null);
  return new Map(
    visited.map(({ name }, index) => {
      const port = FIRST_PORT + index;
      return [name, port < CONTROL_ROOM ? port : port + 1];
    }),
  );
}

function engineReach(plan: Plan, names: ReadonlySet<string>, { copiesOf, manyMachines }: EngineNeeds): MonitoringReach {
  const address = (scrape: ScrapeTarget): ScrapeAddress | null => {
    const { component, exporter, host, port } = scrape;
    const name = scrapedName(scrape);
    const many: ScrapeAddress = { kind: "dns", name: copiesOf(name), port };
    const one: ScrapeAddress = { kind: "static", address: `${name}:${port}` };
    // One machine, or one service on all of them: the node exporters of the plan's hosts are one here.
    if (exporter === "node") return host !== plan.monitoring?.on ? null : manyMachines ? many : one;
    // By its own name it would ask whatever leads to its copies.
    if (component === null) return { kind: "static", address: `localhost:${port}` };
    if (!names.has(component)) return null;
    const source = plan.components.find((candidate) => candidate.name === component)?.source;
    return exporter === null && source?.kind === "service" && source.replicas > 1 ? many : one;
  };
  return {
    addressOf: address,
    alertmanager: `alertmanager:${ALERTMANAGER_PORT}`,
    prometheusUrl: `http://prometheus:${PROMETHEUS_PORT}`,
    dashboardFolder: DASHBOARD_FOLDER,
    receiver: smtpReceiver(plan),
    // There is no HTTPS here: who wants it puts a proxy in front.
    certificates: null,
  };
}
