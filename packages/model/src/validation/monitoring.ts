import { type HostDefinition, type MonitoringDefinition, type StackDefinition, UNREADABLE } from "../definition.js";
import type { Problem } from "../problem.js";
import { listOf, show } from "../show.js";
import { canonicalCidr } from "./cidr.js";
import { hostsByName } from "./stack-index.js";
import { unknownName } from "./unknown-name.js";

/** Monitoring that has no host, that nobody could open, or whose alarms would reach nobody. */
export function monitoringProblems(stack: StackDefinition): readonly Problem[] {
  const { monitoring } = stack;
  if (monitoring === null) return [];
  return [...hostOf(monitoring, hostsByName(stack)), ...openToProblems(monitoring), ...emailProblems(monitoring)];
}

function hostOf({ on }: MonitoringDefinition, known: ReadonlyMap<string, HostDefinition>): readonly Problem[] {
  if (on === UNREADABLE) return [];
  const host = known.get(on);
  if (host === undefined) return [unknownName("monitoring.on", "MONITORING_HOST_UNKNOWN", "host", on, known.keys())];
  if (host.subnet === "public") return [];
  const publicHosts = [...known.values()].filter(({ subnet }) => subnet === "public").map(({ name }) => name);
  return [
    {
      at: "monitoring.on",
      code: "MONITORING_INVALID",
      message: `nobody could open Grafana: host ${show(on)} is in the private subnet`,
      found: show(on),
      allowed: `a host in the public subnet: ${listOf(publicHosts)}`,
      fix: publicHosts[0] === undefined ? 'write subnet: "public" for one host, and name it here' : `write ${show(publicHosts[0])}`,
    },
  ];
}

function openToProblems({ openTo }: MonitoringDefinition): readonly Problem[] {
  const canonical = canonicalCidr(openTo);
  if (canonical === openTo) return [];
  return [
    {
      at: "monitoring.openTo",
      code: "MONITORING_INVALID",
      message: `${show(openTo)} is not an IPv4 range`,
      found: show(openTo),
      allowed: "an IPv4 range such as 203.0.113.0/24, with zeros after the prefix",
      fix: canonical === null ? 'write a range, for example "203.0.113.0/24"; one address ends in /32' : `write ${show(canonical)}`,
    },
  ];
}

function emailProblems({ alarms }: MonitoringDefinition): readonly Problem[] {
  if (alarms === null || /^[^\s@"<>,;]+@[^\s@"<>,;]+\.[^\s@"<>,;.]+$/.test(alarms.email)) return [];
  return [
    {
      at: "monitoring.alarms.email",
      code: "MONITORING_INVALID",
      message: `${show(alarms.email)} is not an e-mail address`,
      found: show(alarms.email),
      allowed: "one e-mail address",
      fix: 'write one address, for example "ops@example.com"',
    },
  ];
}
