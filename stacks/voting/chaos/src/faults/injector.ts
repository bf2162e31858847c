import { setMaxListeners } from "node:events";
import { pause } from "@groundplan/local";
import type { PlannedFault } from "./fault.js";
import { inject } from "./inject.js";
import type { FaultRecord, RecoveryWatch } from "./recovery-watch.js";
import type { World } from "./world.js";

export interface InjectorParts {
  readonly world: World;
  readonly faults: Iterable<PlannedFault>;
  readonly watch: RecoveryWatch;
  /** Ends it early. */
  readonly stop: AbortSignal;
  readonly forMs: number;
  /** So many faults come at least, however long it takes. */
  readonly leastFaults: number;
  readonly tell: { fault(record: FaultRecord): void; missed(fault: PlannedFault, reason: string): void };
}

const POLL_MS = 20;

/** Injects fault after fault. Resolves when the time is over and all of them are put right. */
export async function injectAll({ world, faults, watch, stop, forMs, leastFaults, tell }: InjectorParts): Promise<void> {
  const startedMs = performance.now();
  const heal = new AbortController();
  setMaxListeners(0, heal.signal); // Every fault that lasts listens.
  const mayGoOn = (): boolean => !stop.aborted && (watch.records.length < leastFaults || performance.now() - startedMs < forMs);
  const underWay: Promise<void>[] = [];
  for (const fault of faults) {
    while (fault.after === "recovery" && !watch.isOver && mayGoOn()) await pause(POLL_MS);
    await pause(fault.pauseMs, stop);
    if (!mayGoOn()) break;
    const record = watch.begin(fault);
    tell.fault(record);
    const done = inject(world, fault, heal.signal).catch((error: Error) => {
      record.missed = error.message.split("\n")[0] as string;
      tell.missed(fault, record.missed);
    });
    underWay.push(done);
  }
  heal.abort();
  await Promise.all(underWay);
}
