import type { Plan } from "@groundplan/model";
import { monitoringContainers } from "../monitoring/containers/monitoring-containers.js";

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
export function memoryNotes(plan: Plan): readonly string[] {
  const { hosts, components, aws } = plan;
  const monitors = monitoringContainers(plan);
  return hosts.flatMap(({ name, runs }) => {
    const type = aws.instanceTypes[name] ?? "";
    const memoryMb = MEMORY_MB.get(type);
    const wantedMb = [
      ...components.filter((component) => runs.includes(component.name)),
      ...monitors.filter(({ host }) => host === name),
    ].reduce((sum, container) => sum + container.memoryMb, 0);
    if (memoryMb === undefined || wantedMb < memoryMb) return [];
    const fix = `s.aws({ instanceTypes: { "${name}": "${typeFor(wantedMb)}" } }), or less memoryMb`;
    return [`what runs on host ${name} may take ${wantedMb} MiB together, and a ${type} has ${memoryMb} for them and the system: ${fix}`];
  });
}

function typeFor(wantedMb: number): string {
  return [...MEMORY_MB].find(([, memoryMb]) => memoryMb > wantedMb)?.[0] ?? "...";
}
