import type { LinkEnds } from "@groundplan/local";
import { startVoting, type VotingOptions, type VotingRun } from "@voting/testing";
import { Links } from "../proxy/links.js";
import { Clocks } from "./clocks.js";
import type { FaultKind } from "./fault.js";

/** A voting stack in which things can be broken. */
export interface World {
  readonly run: VotingRun;
  readonly links: Links;
  readonly clocks: Clocks | null;
  close(options: { readonly keepData: boolean }): Promise<void>;
}

/** A part that was healthy for that long is started again at once when it dies: the pauses between faults are the schedule's affair. */
const STEADY_MS = 300;

/** Starts a stack with data of its own, a proxy in each of its links, and clocks that can be set where `kinds` asks for them. */
export async function startWorld(options: {
  readonly kinds: readonly FaultKind[];
  readonly onLog?: NonNullable<VotingOptions["onLog"]>;
}): Promise<World> {
  const { onLog } = options;
  const links = new Links();
  const clocks = options.kinds.includes("clock") ? Clocks.open() : null;
  const close = async (): Promise<void> => {
    await links.close();
    clocks?.close();
  };
  try {
    const run = await startVoting({
      reroute: links.lead,
      timing: { steadyMs: STEADY_MS },
      env: clocks === null ? {} : { vote: clocks.env("vote"), worker: clocks.env("worker") },
      ...(onLog && { onLog }),
    });
    return {
      run,
      links,
      clocks,
      async close({ keepData }) {
        await run.close({ keepData });
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What of the wanted kinds cannot be broken in this world, and why. */
export function notPossible({ run, clocks }: World, wanted: readonly FaultKind[]): ReadonlyMap<FaultKind, string> {
  const reasons = new Map<FaultKind, string>();
  if (run.redisUrl === null) reasons.set("redis", "needs redis-server");
  if (clocks === null) reasons.set("clock", "needs libfaketime (Debian, Ubuntu: apt-get install faketime)");
  return new Map([...reasons].filter(([kind]) => wanted.includes(kind)));
}

/** Links of the parts, sorted, so that the same seed means the same ones. */
export const sortedLinks = (links: readonly LinkEnds[]): readonly LinkEnds[] =>
  [...links].sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
