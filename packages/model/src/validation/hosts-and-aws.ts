import { atComponent, atHost } from "../at.js";
import { type AwsDefinition, type ComponentDefinition, type HostDefinition, type StackDefinition, UNREADABLE } from "../definition.js";
import { nearest } from "../nearest.js";
import { SSH_PORT } from "../planning/rules.js";
import { ALERTMANAGER_PORT, BLACKBOX_PORT, exportersOf, GRAFANA_PORT, NODE_EXPORTER_PORT, PROMETHEUS_PORT } from "../planning/scrapes.js";
import type { Problem } from "../problem.js";
import { listOf, show } from "../show.js";
import { componentsByName, hostsByName, unknownName } from "./names.js";

/**
 * The regions of the commercial partition of AWS, as its general reference lists them (2025). A later one can be given at deploy time:
 * `-var region=...`
 */
const AWS_REGIONS: readonly string[] = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

const INSTANCE_TYPE = /^[a-z][a-z0-9-]*[0-9][a-z0-9-]*\.(nano|micro|small|medium|large|[0-9]*xlarge|metal(-[0-9]+xl)?)$/;

/** Graviton: the family's letters after its generation begin with g, as in t4g and c7gn. */
const ARM_FAMILY = /^[a-z]+[0-9]+g[a-z0-9-]*\./;

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

const DOMAIN = new RegExp(`^(${LABEL}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`);

const LONGEST_DNS_NAME = 253;

/** Every component runs on exactly one host, public services on one that the internet reaches, and operators can get in. */
export function hostProblems(stack: StackDefinition): readonly Problem[] {
  return [...placementProblems(stack), ...withoutHost(stack), ...publicOnPrivateHost(stack), ...withoutBastion(stack)];
}

function placementProblems(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const placedAt = new Map<string, string>();
  return stack.hosts.flatMap((host) =>
    host.runs.flatMap((name, index) => {
      if (name === UNREADABLE) return [];
      const at = `${atHost(host)}.runs[${index}]`;
      if (!known.has(name)) return unknownName(at, "HOST_RUNS_UNKNOWN", "component", name, known.keys());
      const other = placedAt.get(name);
      if (other === undefined) {
        placedAt.set(name, at);
        return [];
      }
      return {
        at,
        code: "SERVICE_ON_TWO_HOSTS",
        message: `${show(name)} runs already: ${other} has it`,
        found: show(name),
        allowed: "each component once, on one host",
        fix: `remove it from ${other} or from ${at}`,
      };
    }),
  );
}

function withoutHost(stack: StackDefinition): readonly Problem[] {
  const placed = new Set(stack.hosts.flatMap(({ runs }) => runs));
  const homeless = [...componentsByName(stack).values()].filter(({ name }) => !placed.has(name));
  const [firstHost] = stack.hosts;
  const everyone = homeless.map(({ name }) => show(name)).join(", ");
  return homeless.map((component) => ({
    at: atComponent(component),
    code: "SERVICE_WITHOUT_HOST",
    message: `${show(component.name)} runs on no host`,
    found: firstHost === undefined ? "no s.host in this stack" : "in the runs of no host",
    allowed: firstHost === undefined ? "a host that runs it" : `one of the hosts: ${listOf(stack.hosts.map(({ name }) => name))}`,
    fix:
      firstHost === undefined
        ? `write s.host("main", { subnet: "public", runs: [${everyone}] })`
        : `add it to the runs of a host, for example of s.host(${show(firstHost.name)}, ...)`,
  }));
}

function publicOnPrivateHost(stack: StackDefinition): readonly Problem[] {
  const known = componentsByName(stack);
  const publicHosts = stack.hosts.filter(({ subnet }) => subnet === "public").map(({ name }) => name);
  return stack.hosts
    .filter(({ subnet }) => subnet === "private")
    .flatMap((host) =>
      host.runs.flatMap((name) => {
        const component = known.get(name);
        if (component?.kind !== "service" || !component.public) return [];
        return {
          at: `${atComponent(component)}.public`,
          code: "PUBLIC_ON_PRIVATE_HOST",
          message: `nobody outside can reach ${show(name)}: its host ${show(host.name)} is in the private subnet`,
          found: `public: true on host ${show(host.name)}`,
          allowed: `a host in the public subnet: ${listOf(publicHosts)}`,
          fix: `run it on ${publicHosts[0] === undefined ? "a host in the public subnet" : `host ${show(publicHosts[0])}`}, or remove public`,
        };
      }),
    );
}

function withoutBastion(stack: StackDefinition): readonly Problem[] {
  if (stack.hosts.length === 0 || stack.hosts.some(({ subnet }) => subnet === "public")) return [];
  return [
    {
      at: "hosts",
      code: "NO_BASTION",
      message: "every host is in the private subnet, so no operator could reach any of them",
      found: listOf(stack.hosts.map(({ name }) => `${name} (private)`)),
      allowed: "at least one host in the public subnet: the way in by SSH",
      fix: 'make one host public, or write s.host("bastion", { subnet: "public", runs: [] })',
    },
  ];
}

const HIGHEST_PORT = 65_535;

/** Ports that do not exist, that two want on one host, or that are missing where the world is let in. */
export function portProblems(stack: StackDefinition): readonly Problem[] {
  return [
    ...stack.components.flatMap(invalidPort),
    ...stack.components.flatMap(publicWithoutPort),
    ...stack.hosts.flatMap((host) => takenPorts(stack, host)),
  ];
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= HIGHEST_PORT;
}

function invalidPort(component: ComponentDefinition): readonly Problem[] {
  if (component.port === null || Number.isNaN(component.port) || isPort(component.port)) return [];
  return [
    {
      at: `${atComponent(component)}.port`,
      code: "PORT_INVALID",
      message: `${component.port} is not a port`,
      found: String(component.port),
      allowed: `a whole number from 1 to ${HIGHEST_PORT}`,
      fix: `write a whole number from 1 to ${HIGHEST_PORT}, for example port: 8000`,
    },
  ];
}

function publicWithoutPort(component: ComponentDefinition): readonly Problem[] {
  if (component.kind !== "service" || !component.public || component.port !== null) return [];
  return [
    {
      at: `${atComponent(component)}.public`,
      code: "PUBLIC_WITHOUT_PORT",
      message: `${show(component.name)} is public and listens on no port`,
      found: "public: true and no port",
      allowed: "public together with port",
      fix: "add the port that it listens on, for example port: 80, or remove public",
    },
  ];
}

function takenPorts(stack: StackDefinition, host: HostDefinition): readonly Problem[] {
  const components = [...componentsByName(stack).values()].filter(({ name }) => host.runs.includes(name));
  const takenBy = new Map<number, string>([
    [SSH_PORT, "SSH"],
    ...proxyPorts(stack, components),
    ...monitoringPorts(stack, host, components),
  ]);
  return components.flatMap((component) => {
    if (component.port === null || !isPort(component.port)) return [];
    const at = `${atComponent(component)}.port`;
    const other = takenBy.get(component.port);
    if (other === undefined) {
      takenBy.set(component.port, at);
      return [];
    }
    return {
      at,
      code: "PORT_TAKEN",
      message: `${component.port} on host ${show(host.name)} is already used by ${other}`,
      found: String(component.port),
      allowed: `a port that nothing else on host ${show(host.name)} uses`,
      fix: `choose another port, or run ${show(component.name)} on another host`,
    };
  });
}

/** With a domain, the host's public services are behind a proxy that has the ports of the web. */
function proxyPorts({ aws }: StackDefinition, components: readonly ComponentDefinition[]): readonly (readonly [number, string])[] {
  if (aws === null || aws.domain === null || !components.some((component) => component.kind === "service" && component.public)) return [];
  return [80, 443].map((port) => [port, "the proxy for HTTPS (aws.domain)"]);
}

function monitoringPorts(
  stack: StackDefinition,
  host: HostDefinition,
  components: readonly ComponentDefinition[],
): readonly (readonly [number, string])[] {
  if (stack.monitoring === null) return [];
  const blackbox: [number, string] = [BLACKBOX_PORT, "the blackbox exporter (monitoring)"];
  const pages: [number, string][] =
    stack.monitoring.on === host.name
      ? [
          [GRAFANA_PORT, "Grafana (monitoring)"],
          [PROMETHEUS_PORT, "Prometheus (monitoring)"],
          [ALERTMANAGER_PORT, "Alertmanager (monitoring)"],
          ...(stack.aws === null || stack.aws.domain === null ? [] : [blackbox]),
        ]
      : [];
  const exporters = exportersOf(components).map(
    ({ port, exporter, of }) => [port, `the ${exporter} exporter of ${show(of)} (monitoring)`] as const,
  );
  return [...pages, [NODE_EXPORTER_PORT, "the node exporter (monitoring)"], ...exporters];
}

/** Options of `s.aws` that AWS would refuse, or that would have no effect. */
export function awsProblems(stack: StackDefinition): readonly Problem[] {
  const { aws } = stack;
  if (aws === null) return [];
  return [...regionProblems(aws), ...instanceTypeProblems(aws, stack), ...domainProblems(aws, stack)];
}

function regionProblems({ region }: AwsDefinition): readonly Problem[] {
  if (AWS_REGIONS.includes(region)) return [];
  const near = nearest(region, AWS_REGIONS);
  return [
    {
      at: "aws.region",
      code: "AWS_REGION_UNKNOWN",
      message: `${show(region)} isn't an AWS region`,
      found: show(region),
      allowed: listOf(AWS_REGIONS),
      fix: near === null ? 'write the code of a region, for example "eu-central-1"' : `write ${show(near)}`,
    },
  ];
}

function instanceTypeProblems({ instanceTypes }: AwsDefinition, stack: StackDefinition): readonly Problem[] {
  const hosts = hostsByName(stack);
  return Object.entries(instanceTypes).flatMap(([host, type]) => {
    const at = `aws.instanceTypes.${host}`;
    if (!hosts.has(host)) return unknownName(at, "AWS_HOST_UNKNOWN", "host", host, hosts.keys());
    const isArm = ARM_FAMILY.test(type);
    if (INSTANCE_TYPE.test(type) && !isArm) return [];
    return {
      at,
      code: "AWS_INVALID",
      message: isArm ? `${show(type)} is an ARM machine, and the hosts' system is x86-64` : `${show(type)} is not an instance type`,
      found: show(type),
      allowed: "an x86-64 instance type: a family, a dot and a size",
      fix: `write one, for example ${show(isArm ? "t3.small" : "t3.micro")}`,
    };
  });
}

function domainProblems({ domain }: AwsDefinition, stack: StackDefinition): readonly Problem[] {
  if (domain === null) return [];
  const at = "aws.domain";
  const publicServices = stack.components.filter((component) => component.kind === "service" && component.public);
  const longest = Math.max(0, ...publicServices.map(({ name }) => name.length + 1));
  const fits = (name: string) => DOMAIN.test(name) && name.length + longest <= LONGEST_DNS_NAME;
  if (!fits(domain)) {
    const better = bareName(domain);
    return [
      {
        at,
        code: "AWS_INVALID",
        message: `${show(domain)} is not a domain name that services could have names in`,
        found: show(domain),
        allowed: `labels of a-z, 0-9 and hyphens with dots between them, at most ${LONGEST_DNS_NAME} with the name of a service before it`,
        fix: fits(better) ? `write ${show(better)}` : 'write the bare name, for example "poll.example.com"',
      },
    ];
  }
  if (publicServices.length > 0) return [];
  return [
    {
      at,
      code: "AWS_INVALID",
      message: "no service is public, so nothing would be found in the domain",
      found: `domain: ${show(domain)} and no public service`,
      allowed: "domain together with a public service",
      fix: "add public: true to a service, or remove domain",
    },
  ];
}

/** "https://Poll.Example.com/" means "poll.example.com". */
function bareName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/^\*\./, "")
    .replace(/[/:].*$/, "")
    .replace(/\.$/, "");
}
