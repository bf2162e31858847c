import type { VotingRun } from "@voting/testing";
import type { Claim } from "./check-ledger.js";
import { withCookies } from "./exchange.js";
import type { Finding } from "./fuzz-report.js";
import { generate } from "./generate.js";
import { judge } from "./judge.js";
import { type Observed, runExchange } from "./run-exchange.js";
import type { Tallies } from "./tallies.js";
import { idOf, type VoterPool } from "./voter-pool.js";

export interface RoundOptions {
  readonly run: VotingRun;
  readonly seed: number;
  /** The exchanges of this round: indexes from `first` on. At most as many as there are voters in the pool. */
  readonly first: number;
  readonly count: number;
  readonly connections: number;
  readonly queueDown: boolean;
  readonly pool: VoterPool;
  readonly tallies: Tallies;
  readonly onFinding: (finding: Finding) => void;
  readonly onObserved?: (observed: Observed) => void;
}

export interface RoundResult {
  readonly claims: readonly Claim[];
  readonly acknowledged: number;
  /** Votes refused with the queue up, because it was too slow: what became of them nobody was told. */
  readonly refusedLate: number;
  readonly slowestMs: number;
}

/** Carries out exchanges, so many at a time, and judges their answers. What they did to the ledger is for the caller to check. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { run, seed, first, count, connections, queueDown, pool, tallies, onFinding } = options;
  const ports = { vote: Number(new URL(run.voteUrl).port), result: Number(new URL(run.resultUrl).port) };
  const claims: Claim[] = [];
  let acknowledged = 0;
  let refusedLate = 0;
  let slowestMs = 0;
  let next = first;
  const work = async (): Promise<void> => {
    while (next < first + count) {
      const index = next++;
      const exchange = generate(seed, index);
      const own = pool.cookies[index % pool.cookies.length] as string;
      const observed = await runExchange(exchange, withCookies(exchange.bytes, own, pool.victim), ports[exchange.service]);
      options.onObserved?.(observed);
      // Without Redis the queue is in the database, which the results come from too.
      const down = queueDown && (exchange.service === "vote" || run.redisUrl === null);
      const verdict = judge(exchange, observed, down);
      tallies.add(exchange, observed.answers, verdict.acknowledged.length);
      for (const problem of verdict.problems) onFinding({ index, name: exchange.name, problem, queueDown });
      // What was answered has landed or not by that answer, but for a no of a queue that was too slow. What was not may land, also once
      // the queue is up again.
      const unanswered = exchange.mayLand.map((option, place) => ({ option, voter: exchange.answers[place]?.vote?.voter ?? "own" }));
      const mayLand = [...unanswered.slice(observed.answers.length), ...verdict.refusedLate];
      claims.push({ index, name: exchange.name, voter: idOf(own), acknowledged: verdict.acknowledged, mayLand });
      acknowledged += verdict.acknowledged.length;
      refusedLate += verdict.refusedLate.length;
      if (observed.answers.length > 0) slowestMs = Math.max(slowestMs, observed.waitedMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return { claims, acknowledged, refusedLate, slowestMs };
}
