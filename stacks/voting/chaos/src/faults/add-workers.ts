import { once } from "node:events";
import { pause } from "@groundplan/local";
import type { VotingRun } from "@voting/testing";
import type { PlannedFault } from "./fault.js";

/** More workers for a while; then they die, in the middle of their work or in order. */
export async function addWorkers(run: VotingRun, { amount, how, forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  const workers = await Promise.all(Array.from({ length: amount }, () => run.addWorker()));
  await pause(forMs, heal);
  for (const worker of workers) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue;
    const ended = once(worker, "exit");
    worker.kill(how === "then SIGTERM" ? "SIGTERM" : "SIGKILL");
    await ended;
  }
}
