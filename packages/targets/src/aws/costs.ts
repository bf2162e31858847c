import type { HostsPlan } from "./hosts-plan.js";
import { DATA_VOLUME_GB, ROOT_VOLUME_GB } from "./terraform/variables.js";

/** Something that AWS bills by the hour or month, whether it is used or not. */
export interface Cost {
  readonly what: string;
  /** In US dollars; `null`: the price is not known here. */
  readonly perMonth: number | null;
}

/** What the stack costs while nobody uses it, with the defaults of its variables. `alarms`: how many CloudWatch has. */
export function fixedCosts({ plan: { aws }, hosts }: HostsPlan, alarms: number): readonly Cost[] {
  const diskGb = hosts.length * ROOT_VOLUME_GB + hosts.filter(({ hasData }) => hasData).length * DATA_VOLUME_GB;
  const gateways = aws.nat ? new Set(hosts.filter(({ subnet }) => subnet === "private").map(({ zone }) => zone)).size : 0;
  const addresses = hosts.filter(({ subnet }) => subnet === "public").length + gateways;
  return [
    ...hosts.map(({ name, instanceType }) => ({ what: `host ${name}, ${instanceType}`, perMonth: instanceMonth(instanceType) })),
    ...(gateways === 0 ? [] : [{ what: `NAT gateway${times(gateways)}, traffic not counted`, perMonth: gateways * NAT_GATEWAY_MONTH }]),
    { what: `public IPv4 address${times(addresses)}`, perMonth: addresses * PUBLIC_ADDRESS_MONTH },
    { what: `disks, ${diskGb} GiB gp3`, perMonth: diskGb * DISK_GB_MONTH },
    ...(alarms === 0 ? [] : [{ what: `CloudWatch alarms, ${alarms}`, perMonth: alarms * ALARM_MONTH }]),
  ];
}

const times = (count: number): string => (count === 1 ? "" : ` (${count})`);

/**
 * List prices in US dollars, region us-east-1, on demand, Linux, as AWS published them in 2025 (aws.amazon.com/ec2/pricing/on-demand,
 * /vpc/pricing, /ebs/pricing, /cloudwatch/pricing, /route53/pricing). They say what is large and what is small, no more.
 */
const HOURS_IN_MONTH = 730;

const INSTANCE_HOUR: ReadonlyMap<string, number> = new Map([
  ["t3.nano", 0.0052],
  ["t3.micro", 0.0104],
  ["t3.small", 0.0208],
  ["t3.medium", 0.0416],
  ["t3.large", 0.0832],
  ["t3.xlarge", 0.1664],
  ["t3.2xlarge", 0.3328],
]);

/** A month of an instance; `null`: a type whose price is not known here. */
function instanceMonth(type: string): number | null {
  const hour = INSTANCE_HOUR.get(type);
  return hour === undefined ? null : hour * HOURS_IN_MONTH;
}

const NAT_GATEWAY_MONTH = 0.045 * HOURS_IN_MONTH;
const PUBLIC_ADDRESS_MONTH = 0.005 * HOURS_IN_MONTH;
const DISK_GB_MONTH = 0.08;
const ALARM_MONTH = 0.1;

/** Memory of instance types in MiB (aws.amazon.com/ec2/instance-types/t3). Others are not known here. */
const MEMORY_MB: ReadonlyMap<string, number> = new Map([
  ["t3.nano", 512],
  ["t3.micro", 1024],
  ["t3.small", 2048],
  ["t3.medium", 4096],
  ["t3.large", 8192],
  ["t3.xlarge", 16_384],
  ["t3.2xlarge", 32_768],
]);

/** What the components of a host, and what watches there, may take together, where that is more than it has: then the kernel ends one of them. */
export function memoryNotes({ plan, hosts, monitoring }: HostsPlan): readonly string[] {
  // A proxy is small, and what has no image may run there some day.
  const all = [...plan.components, ...monitoring];
  return hosts.flatMap(({ name, instanceType: type }) => {
    const memoryMb = MEMORY_MB.get(type);
    const wantedMb = all.filter(({ host }) => host === name).reduce((sum, container) => sum + container.memoryMb, 0);
    if (memoryMb === undefined || wantedMb < memoryMb) return [];
    const fix = `s.aws({ instanceTypes: { "${name}": "${typeFor(wantedMb)}" } }), or less memoryMb`;
    return [`what runs on host ${name} may take ${wantedMb} MiB together, and a ${type} has ${memoryMb} for them and the system: ${fix}`];
  });
}

function typeFor(wantedMb: number): string {
  return [...MEMORY_MB].find(([, memoryMb]) => memoryMb > wantedMb)?.[0] ?? "...";
}
