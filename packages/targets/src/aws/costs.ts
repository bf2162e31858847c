import type { Plan } from "@groundplan/model";
import { hasDataVolume } from "./data-volume.js";
import { ALARM_MONTH, DISK_GB_MONTH, instanceMonth, NAT_GATEWAY_MONTH, PUBLIC_ADDRESS_MONTH } from "./prices.js";
import { DATA_VOLUME_GB, ROOT_VOLUME_GB } from "./terraform/defaults.js";

/** Something that AWS bills by the hour or month, whether it is used or not. */
export interface Cost {
  readonly what: string;
  /** In US dollars; `null`: the price is not known here. */
  readonly perMonth: number | null;
}

/** What the stack costs while nobody uses it, with the defaults of its variables. `alarms`: how many CloudWatch has. */
export function fixedCosts(plan: Plan, alarms: number): readonly Cost[] {
  const { hosts, aws } = plan;
  const diskGb = hosts.length * ROOT_VOLUME_GB + hosts.filter((host) => hasDataVolume(plan, host)).length * DATA_VOLUME_GB;
  const gateways = aws.nat ? new Set(hosts.filter(({ subnet }) => subnet === "private").map(({ zone }) => zone)).size : 0;
  const addresses = hosts.filter(({ subnet }) => subnet === "public").length + gateways;
  return [
    ...hosts.map(({ name }) => {
      const type = aws.instanceTypes[name] ?? "";
      return { what: `host ${name}, ${type}`, perMonth: instanceMonth(type) };
    }),
    ...(gateways === 0 ? [] : [{ what: `NAT gateway${times(gateways)}, traffic not counted`, perMonth: gateways * NAT_GATEWAY_MONTH }]),
    { what: `public IPv4 address${times(addresses)}`, perMonth: addresses * PUBLIC_ADDRESS_MONTH },
    { what: `disks, ${diskGb} GiB gp3`, perMonth: diskGb * DISK_GB_MONTH },
    ...(alarms === 0 ? [] : [{ what: `CloudWatch alarms, ${alarms}`, perMonth: alarms * ALARM_MONTH }]),
  ];
}

const times = (count: number): string => (count === 1 ? "" : ` (${count})`);
