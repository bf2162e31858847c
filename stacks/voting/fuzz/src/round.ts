import { createConnection } from "node:net";
import { readMetric, StackClient } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import type { Pool } from "pg";
import type { Claim, Counted } from "./check-ledger.js";
import { withCookies } from "./exchange.js";
import type { Finding } from "./fuzz-report.js";
import { generate } from "./generate.js";
import { judge } from "./judge.js";
import type { MemorySample } from "./memory-rule.js";
import { OPTIONS, render, voteRequest, withoutHeader } from "./request-text.js";
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

/** A client that does not finish its request in time is told so, and loses the connection: within this time, in ms. */
const STALL_LIMIT_MS = 25_000;

interface StalledConnections {
  /** Connections that are still open. */
  open(): number;
  /** Resolves with what was wrong, when the last one is closed or its time is over. */
  readonly problems: Promise<readonly string[]>;
}

/** So much later than its client left a vote may be counted: many times what the vote service waits for the queue. */
const LATE_SECONDS = 30;

/** What the vote process says of itself. */
interface VoteFigures extends MemorySample {
  readonly openFiles: number;
  readonly accepted: number;
  /** `null`: the queue is down. */
  readonly queued: number | null;
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

/** Opens connections that stop in the middle of a request and never go on: so many at each stage of it. */
export function stallConnections(port: number, atEachStage: number): StalledConnections {
  const vote = render(withoutHeader(voteRequest("page", OPTIONS[0]), "Cookie"));
  const stages = [
    { where: "before the first byte", bytes: "", answer: false },
    { where: "in the request line", bytes: "POST /", answer: true },
    { where: "in the headers", bytes: vote.slice(0, 60), answer: true },
    { where: "before the body", bytes: vote.slice(0, vote.indexOf("\r\n\r\n") + 4), answer: true },
    { where: "in the body", bytes: vote.slice(0, -1), answer: true },
  ];
  const all = stages.flatMap((stage) => Array.from({ length: atEachStage }, () => stage));
  let open = all.length;
  const watched = all.map(async (stage) => {
    const problem = await stall(port, stage.bytes, stage.answer);
    open--;
    return problem === null ? [] : [`a connection that stalls ${stage.where} ${problem}`];
  });
  return { open: () => open, problems: Promise.all(watched).then((lists) => lists.flat()) };
}

/** What was wrong; `null`: nothing. */
function stall(port: number, bytes: string, mustAnswer: boolean): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    const late = setTimeout(() => {
      settle(`is still open after ${STALL_LIMIT_MS / 1_000} s`);
    }, STALL_LIMIT_MS);
    const settle = (problem: string | null) => {
      clearTimeout(late);
      socket.destroy();
      resolve(problem);
    };
    const closed = () =>
      settle(
        !mustAnswer || /^HTTP\/1\.1 408 [\s\S]*\{"error":"[A-Z].*\."\}$/.test(answer) ? null : `gets no 408: ${JSON.stringify(answer)}`,
      );
    socket.write(bytes);
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("end", closed);
    socket.on("error", closed);
  });
}

/** Watches the vote process from outside, over one connection of its own. */
export class VoteProcess {
  readonly #client: StackClient;

  constructor(run: VotingRun) {
    this.#client = new StackClient({ vote: run.voteUrl, result: run.resultUrl }, 1);
  }

  async figures(): Promise<VoteFigures> {
    const { status, body } = await this.#client.fromVote("/metrics");
    if (status !== 200) throw new Error(`/metrics answers ${status}`);
    return {
      residentBytes: readMetric(body, "process_resident_memory_bytes"),
      heapBytes: readMetric(body, "nodejs_heap_size_used_bytes"),
      collections: Number(/^nodejs_gc_duration_seconds_count\{kind="major"\} (\d+)$/m.exec(body)?.[1] ?? 0),
      openFiles: readMetric(body, "process_open_fds"),
      accepted: readMetric(body, "votes_accepted_total"),
      queued: /^votes_queued_total /m.test(body) ? readMetric(body, "votes_queued_total") : null,
    };
  }

  /** The status of /healthz. */
  async health(): Promise<number> {
    return (await this.#client.fromVote("/healthz")).status;
  }

  close(): void {
    this.#client.close();
  }
}

/** The ledger of a running stack, read where it is. */
export class StackLedger {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Ballots counted so far, and ballots passed over because they had been counted before. */
  async totals(): Promise<{ readonly counted: number; readonly repeated: number }> {
    const { rows } = await this.#pool.query<{ counted: string; repeated: string }>(
      "SELECT COALESCE(SUM(counted), 0) AS counted, COALESCE(SUM(repeated), 0) AS repeated FROM positions",
    );
    return { counted: Number(rows[0]?.counted), repeated: Number(rows[0]?.repeated) };
  }

  /** A moment by the database's clock, which the ballots have their times from. */
  async now(): Promise<string> {
    const { rows } = await this.#pool.query<{ now: string }>("SELECT clock_timestamp()::text AS now");
    return rows[0]?.now as string;
  }

  /** The ballots counted since some time before a moment (some came late), and those with these ids whenever they were counted. */
  async ballots(since: string, ids: readonly string[]): Promise<readonly Counted[]> {
    const { rows } = await this.#pool.query<Counted>(
      "SELECT id, voter, vote FROM ballots WHERE counted_at > $1::timestamptz - make_interval(secs => $3) OR id = ANY($2)",
      [since, ids, LATE_SECONDS],
    );
    return rows;
  }

  /** The ids of all ballots. */
  async ids(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>("SELECT id FROM ballots");
    return rows.map(({ id }) => id);
  }
}
