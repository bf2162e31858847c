import { pause } from "@voting/proof";
import type { CastRecord } from "./cast-record.js";
import { type ClosedLoad, type Load, MOST_UNDER_WAY, type OpenLoad } from "./load.js";
import { sharedOut } from "./split.js";
import type { StackClient } from "./stack-client.js";

/** How far an open load stayed behind its plan. */
export interface Lateness {
  /** Of each vote: how long after it was due it was sent, in ms. Part of its latencies. */
  readonly lateMs: readonly number[];
  /** Votes that had to wait because MOST_UNDER_WAY requests were under way. */
  readonly held: number;
}

/** Casts the votes of a load, each by a new voter. Ends early, with the answers of what was sent, when the signal is aborted. */
export async function castVotes(
  client: StackClient,
  optionIds: readonly string[],
  load: Load,
  record: CastRecord,
  signal: AbortSignal,
): Promise<Lateness> {
  const options = sharedOut(optionIds, load.split);
  const cast = (startMs: number): Promise<void> => record.cast(client, options.next().value, startMs);
  return load.kind === "closed" ? castClosed(load, record, cast, signal) : castOpen(load, record, cast, signal);
}

async function castClosed(
  { votes, parallel }: ClosedLoad,
  record: CastRecord,
  cast: (startMs: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Lateness> {
  const castUntilDone = async (): Promise<void> => {
    while (record.sent < votes && !signal.aborted) await cast(performance.now());
  };
  await Promise.all(Array.from({ length: Math.min(parallel, votes) }, castUntilDone));
  return { lateMs: [], held: 0 };
}

async function castOpen(
  { votes, votesPerSecond }: OpenLoad,
  record: CastRecord,
  cast: (startMs: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Lateness> {
  const beganMs = performance.now();
  const lateMs: number[] = [];
  let underWay = 0;
  let held = 0;
  let wake = (): void => undefined;
  const anAnswer = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  while (record.sent < votes && !signal.aborted) {
    const dueMs = beganMs + (1_000 * record.sent) / votesPerSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) {
      await pause(waitMs, signal); // Aborted: the loop ends.
      continue;
    }
    if (underWay >= MOST_UNDER_WAY) {
      held++;
      while (underWay >= MOST_UNDER_WAY) await anAnswer();
    }
    lateMs.push(performance.now() - dueMs);
    underWay++;
    void cast(dueMs).then(() => {
      underWay--;
      wake();
    });
  }
  while (underWay > 0) await anAnswer();
  return { lateMs, held };
}
