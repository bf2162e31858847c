import type { StackClient } from "./stack-client.js";

export interface CastOutcome {
  /** Receipts of the accepted ballots. */
  readonly receipts: readonly string[];
  /** Time to each acceptance, in ms. */
  readonly acceptMs: readonly number[];
  /** Why votes were not accepted, and how many. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly durationMs: number;
}

/** Of ten votes six go to the first option and four to the second, as in the classic load test. */
const PLACE_OF_TEN = [0, 1, 0, 0, 1, 0, 1, 0, 0, 1] as const;

/** Casts `votes` votes, each by a new voter, `parallel` of them at a time, for the first two of the poll's options. */
export async function castVotes(
  client: StackClient,
  optionIds: readonly string[],
  votes: number,
  parallel: number,
  onProgress: (accepted: number, refused: number) => void,
): Promise<CastOutcome> {
  const receipts: string[] = [];
  const acceptMs: number[] = [];
  const refusals = new Map<string, number>();
  let started = 0;
  let refused = 0;
  const refuse = (reason: string): void => {
    refused++;
    refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  };

  const castUntilDone = async (): Promise<void> => {
    while (started < votes) {
      const option = optionIds[PLACE_OF_TEN[started++ % PLACE_OF_TEN.length] as number] as string;
      const sentMs = performance.now();
      try {
        const answer = await client.vote(option);
        if (answer.status === 202) {
          acceptMs.push(performance.now() - sentMs);
          receipts.push((JSON.parse(answer.body) as { ballot: string }).ballot);
        } else refuse(`HTTP ${answer.status}`);
      } catch (error) {
        refuse((error as Error).message);
      }
      onProgress(receipts.length, refused);
    }
  };

  const beganMs = performance.now();
  await Promise.all(Array.from({ length: Math.min(parallel, votes) }, castUntilDone));
  return { receipts, acceptMs, refusals, durationMs: performance.now() - beganMs };
}
