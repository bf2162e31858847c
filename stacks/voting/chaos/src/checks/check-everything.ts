import type { VotingRun } from "@voting/testing";
import type { Load } from "../load/load.js";
import { checkTruth, type Found, type Verdict } from "../truth/check-truth.js";
import { readFound } from "../truth/read-found.js";
import { checkService } from "./check-service.js";
import { type Settled, settle } from "./settle.js";

export interface Findings {
  readonly settled: Settled;
  readonly found: Found;
  readonly verdict: Verdict;
  /** What the stack says that the tables contradict, and what is not well. */
  readonly problems: readonly string[];
}

/**
 * The check of promises 1 to 5, after everything was put right and the load has stopped: waits until the stack is well by itself, then
 * holds what the voters know, what the tables have and what the services say against each other.
 *
 * @param limitMs How long the stack may take until it is well and has counted everything.
 */
export async function checkEverything(run: VotingRun, load: Load, limitMs: number): Promise<Findings> {
  const settled = await settle(run, limitMs);
  const found = await readFound(run.pool);
  const verdict = checkTruth(load.voters, found);
  const problems = [...settled.problems, ...load.problems, ...(await checkService(run, load.voters, found))];
  return { settled, found, verdict, problems };
}

/** All that is wrong, a sentence each. */
export const wrongIn = ({ verdict, problems }: Pick<Findings, "verdict" | "problems">): readonly string[] => [
  ...Object.values(verdict).flat(),
  ...problems,
];
