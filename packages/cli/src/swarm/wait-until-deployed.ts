import { pause } from "@groundplan/local";
import type { Progress } from "../output/progress.js";
import { describeService, hasFallenBack, isDeployed, isWithoutImage, type SwarmService } from "./swarm-state.js";

export interface DeployWait {
  /** Names of the services that must run, in start order. */
  readonly names: readonly string[];
  readonly look: () => Promise<readonly SwarmService[]>;
  /** As they were before: an update that had ended by then is none of this deployment. */
  readonly before: readonly SwarmService[];
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface DeployOutcome {
  readonly services: readonly SwarmService[];
  /**
   * - "deployed": every copy runs and is healthy, and every update has completed
   * - "failed": an update fell back, or an image is missing
   * - "late": the time is over
   */
  readonly verdict: "deployed" | "failed" | "late";
}

const POLL_MS = 500;
/** An update shows itself a moment after the service has its new description: one look may still find all as it was. */
const LOOKS_IN_A_ROW = 3;

/** Follows the services of a stack until all of them run as they should, or will not. */
export async function waitUntilDeployed({ names, look, before, timeoutMs, progress, signal }: DeployWait): Promise<DeployOutcome> {
  const deadline = Date.now() + timeoutMs;
  let deployedLooks = 0;
  for (;;) {
    const services = (await look()).map((service) => withoutOldUpdate(service, before));
    const own = names.map((name) => services.find(({ service }) => service === name));
    for (const service of own) {
      if (service === undefined) continue;
      if (isDeployed(service)) progress.end(service.service, describeService(service));
      else progress.step(service.service, describeService(service));
    }
    const isOver = own.every((service) => service !== undefined && isDeployed(service));
    deployedLooks = isOver ? deployedLooks + 1 : 0;
    const isFailed = services.some((service) => hasFallenBack(service) || isWithoutImage(service));
    if (isFailed) return { services, verdict: "failed" };
    if (deployedLooks >= LOOKS_IN_A_ROW) return { services, verdict: "deployed" };
    if (Date.now() >= deadline) return { services, verdict: "late" };
    await pause(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

function withoutOldUpdate(service: SwarmService, before: readonly SwarmService[]): SwarmService {
  const earlier = before.find((candidate) => candidate.service === service.service)?.update;
  return earlier?.startedAt === service.update?.startedAt ? { ...service, update: null } : service;
}
