import { type HostDefinition, type MonitoringDefinition, type SmtpDefinition, type StackDefinition, UNREADABLE } from "../definition.js";
import type { Problem } from "../problem.js";
import { listOf, show } from "../show.js";
import { canonicalCidr } from "./cidr.js";
import { hostsByName } from "./stack-index.js";
import { unknownName } from "./unknown-name.js";

/** Monitoring that has no host, that nobody could open, or whose alarms would reach nobody. */
export function monitoringProblems(stack: StackDefinition): readonly Problem[] {
  const { monitoring } = stack;
  if (monitoring === null) return [];
  return [...hostOf(monitoring, hostsByName(stack)), ...openToProblems(monitoring), ...alarmProblems(monitoring)];
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

function alarmProblems({ alarms }: MonitoringDefinition): readonly Problem[] {
  if (alarms === null) return [];
  const { email, smtp } = alarms;
  const from = smtp === null || smtp.from === email ? [] : emailProblems("from", smtp.from);
  return [...emailProblems("email", email), ...(smtp === null ? [] : smarthostProblems(smtp)), ...from];
}

function emailProblems(option: "email" | "from", address: string): readonly Problem[] {
  if (/^[^\s@"<>,;]+@[^\s@"<>,;]+\.[^\s@"<>,;.]+$/.test(address)) return [];
  return [
    {
      at: `monitoring.alarms.${option}`,
      code: "MONITORING_INVALID",
      message: `${show(address)} is not an e-mail address`,
      found: show(address),
      allowed: "one e-mail address",
      fix: 'write one address, for example "ops@example.com"',
    },
  ];
}

function smarthostProblems({ smarthost }: SmtpDefinition): readonly Problem[] {
  const [, port] = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:([0-9]{1,5})$/.exec(smarthost)?.slice(1) ?? [];
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return [];
  return [
    {
      at: "monitoring.alarms.smarthost",
      code: "MONITORING_INVALID",
      message: `${show(smarthost)} is not the address of a mail server`,
      found: show(smarthost),
      allowed: "a host name or IPv4 address, a colon, and a port",
      fix: 'write host and port, for example "smtp.example.com:587"',
    },
  ];
}
