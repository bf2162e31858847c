import { pause } from "@groundplan/local";
import type { Clocks } from "./clocks.js";
import type { PlannedFault } from "./fault.js";

export async function stepClock(clocks: Clocks | null, { target, amount, forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  if (clocks === null) throw new Error("no libfaketime");
  clocks.set(target, amount);
  await pause(forMs, heal);
  clocks.set(target, 0);
}
