import { atComponent } from "../at.js";
import type { ComponentDefinition, HostDefinition, StackDefinition } from "../definition.js";
import {
  ALERTMANAGER_PORT,
  BLACKBOX_PORT,
  exportersOf,
  GRAFANA_PORT,
  NODE_EXPORTER_PORT,
  PROMETHEUS_PORT,
} from "../planning/monitoring-ports.js";
import { SSH_PORT } from "../planning/rules.js";
import type { Problem } from "../problem.js";
import { show } from "../show.js";
import { componentsByName } from "./stack-index.js";

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
