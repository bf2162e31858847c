import type { Plan } from "@groundplan/model";
import type { DockerPart } from "./docker-part.js";
import { checkProbes, type Probe, probeAll } from "./probe.js";
import { checkScrapes, expectedJobs, probeScrapes, type ScrapeProbe } from "./probe-scrapes.js";
import type { Docker } from "./with-docker.js";

export interface StartedProject {
  readonly plan: Plan;
  readonly parts: readonly DockerPart[];
  /** Where the port of a service is reached from this machine; `null`: nowhere. */
  readonly addressOf: (service: string, port: number) => string | null;
  readonly logCommand: (service: string) => string;
}

export interface ProjectProbes {
  readonly probes: readonly Probe[];
  /** What Prometheus reads; empty where it does not run. */
  readonly scrapes: readonly ScrapeProbe[];
}

/**
 * Asks all that is published from outside, and then Prometheus whether it can read the rest.
 *
 * @throws UserError with everything that does not answer well.
 */
export async function probeProject(
  { plan, parts, addressOf, logCommand }: StartedProject,
  { progress, signal }: Docker,
): Promise<ProjectProbes> {
  const probes = await probeAll(parts, addressOf, signal);
  checkProbes(probes, logCommand);
  const reader = parts.find(({ readsMetrics }) => readsMetrics);
  const url = probes.find(({ service }) => service === reader?.name)?.url ?? null;
  if (plan.monitoring === null || url === null) return { probes, scrapes: [] };
  const scrapes = await probeScrapes(url, expectedJobs(plan, parts), { progress, signal });
  checkScrapes(scrapes, logCommand);
  return { probes, scrapes };
}
