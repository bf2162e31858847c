import { percentilesOf } from "@voting/stress";
import type { VotingRun } from "@voting/testing";

const CHUNK = 1_000_000;
const READS = 300;

export interface TallyReads {
  readonly rows: number;
  /** Median time of reading the tallies, in ms, the round trip included. */
  readonly tallyMs: number;
  /** The same of the classic query, which counts the table; `null` where it was not tried. */
  readonly classicMs: number | null;
}

/** How long reading the tallies takes now, and with so many rows in the table. */
export async function measureTallyReads(run: VotingRun, rows: number, onProgress: (done: number) => void): Promise<readonly TallyReads[]> {
  const few = await readTimes(run);
  for (let done = 0; done < rows; done += CHUNK) {
    const last = Math.min(done + CHUNK, rows);
    await run.pool.query(
      `INSERT INTO votes (id, vote) SELECT 'bench-' || lpad(n::text, 12, '0'), CASE WHEN n % 5 < 3 THEN 'a' ELSE 'b' END FROM generate_series(${done + 1}, ${last}) AS n`,
    );
    onProgress(last);
  }
  return [few, await readTimes(run)];
}

async function readTimes(run: VotingRun): Promise<TallyReads> {
  const timed = async (text: string, times: number): Promise<number> => {
    const durations: number[] = [];
    for (let n = 0; n < times; n++) {
      const startedMs = performance.now();
      await run.pool.query(text);
      durations.push(performance.now() - startedMs);
    }
    return percentilesOf(durations).p50;
  };
  const { rows } = await run.pool.query<{ n: string }>("SELECT SUM(votes) AS n FROM tally");
  return {
    rows: Number(rows[0]?.n),
    tallyMs: await timed("SELECT vote, votes FROM tally", READS),
    classicMs: await timed("SELECT vote, COUNT(id) AS count FROM votes GROUP BY vote", 3),
  };
}
