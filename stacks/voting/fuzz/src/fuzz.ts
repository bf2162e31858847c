import { until } from "@voting/proof";
import { startVoting, type VotingRun } from "@voting/testing";
import { type Claim, LedgerChecks } from "./check-ledger.js";
import type { Finding, FuzzReport } from "./fuzz-report.js";
import { judgeMemory, type MemorySample } from "./memory-rule.js";
import { OPTIONS } from "./request-text.js";
import { runRound, StackLedger, stallConnections, VoteProcess } from "./round.js";
import type { Observed } from "./run-exchange.js";
import { Tallies } from "./tallies.js";
import { fillVoterPool, idOf, type VoterPool } from "./voter-pool.js";

/** Exchanges of a round: so that even a short run has some, and each is worth its wait for the ledger. */
const ROUND = { min: 50, max: 1_000, perRun: 60 } as const;
const SAMPLE_MS = 100;
/** Says what hangs, not what is slow. */
const SETTLE_LIMIT_MS = 60_000;
const STALLED_AT_EACH_STAGE = 6;
/** Health checks and scrapes come and go. */
const SPARE_FILES = 3;
/** Bad input must not be able to fill the disk: at most so many lines of log a second, whatever is sent. */
const MAX_LOG_LINES_PER_SECOND = 1;
/** With the queue down an answer waits for nothing; the limit is above what a busy machine adds. */
const MAX_WAIT_WHILE_DOWN_MS = 10_000;
/** A service that is wrong in so many places need not be asked on. */
const MAX_FINDINGS = 100;
/** Shares of the run: before the queue goes down, while it is, and after it has come back. */
const PHASES = { up: 0.85, down: 0.93, again: 1 } as const;

export interface FuzzOptions {
  readonly seed: number;
  readonly connections: number;
  /** The run ends with the round that reaches one of them, the time not before `leastRequests` (default: 0) were sent. */
  readonly requests: number;
  readonly limitMs: number;
  readonly leastRequests?: number;
  /** Only this exchange. */
  readonly only?: { readonly index: number; readonly queueDown: boolean; readonly onObserved: (observed: Observed) => void };
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Starts a voting stack of its own, sends it generated input, and tells what was not as the contract says. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  options.onProgress("starting a voting stack with data of its own");
  const run = await startVoting();
  const vote = new VoteProcess(run);
  try {
    return await new FuzzRun(options, run, vote).report();
  } finally {
    vote.close();
    await run.close();
  }
}

interface Counts {
  readonly queued: number;
  readonly counted: number;
  readonly repeated: number;
}

class FuzzRun {
  readonly #options: FuzzOptions;
  readonly #run: VotingRun;
  readonly #vote: VoteProcess;
  readonly #ledger: StackLedger;
  #checks = new LedgerChecks(OPTIONS, "");
  readonly #tallies = new Tallies();
  readonly #findings: Finding[] = [];
  readonly #samples: MemorySample[] = [];
  readonly #startedMs = performance.now();
  readonly #levels = { acknowledged: 0, landed: 0, refusedLate: 0 };
  readonly #roundSize: number;
  #next = 0;
  #slowestMs = 0;
  #logLines = 0;
  #ended = false;

  constructor(options: FuzzOptions, run: VotingRun, vote: VoteProcess) {
    this.#options = options;
    this.#run = run;
    this.#vote = vote;
    this.#ledger = new StackLedger(run.pool);
    this.#roundSize = Math.min(ROUND.max, Math.max(ROUND.min, Math.ceil(options.requests / ROUND.perRun)));
  }

  async report(): Promise<FuzzReport> {
    const { seed, connections, only } = this.#options;
    const pool = await fillVoterPool(this.#run, this.#roundSize, connections);
    await this.#drained();
    const before = await this.#vote.figures();
    const first = await this.#counts();
    this.#checks = new LedgerChecks(OPTIONS, idOf(pool.victim), await this.#ledger.ids());
    const refused = Array.from({ length: pool.refused }, () => ({ option: OPTIONS[0], voter: "new" as const }));
    this.#checks.check([{ index: 0, name: "a first vote", voter: "", acknowledged: [], mayLand: refused }], []);
    const pids = this.#pids();
    const unlisten = this.#run.stack.onLog((line) => {
      if (line.from === "vote") this.#logLines++;
    });
    const stalled = stallConnections(Number(new URL(this.#run.voteUrl).port), only === undefined ? STALLED_AT_EACH_STAGE : 0);
    const fileLimit = () => before.openFiles + SPARE_FILES + stalled.open();

    let requestsWhileDown = 0;
    if (only === undefined) {
      await this.#rounds(pool, PHASES.up, fileLimit);
      if (!this.#ended) {
        requestsWhileDown = await this.#roundsWhileDown(pool, PHASES.down, fileLimit);
        await this.#rounds(pool, PHASES.again, fileLimit);
      }
    } else if (only.queueDown) await this.#whileDown(() => this.#one(pool, only.index));
    else await this.#one(pool, only.index);

    for (const problem of await stalled.problems) this.#blame("stalled: a request that never ends", problem);
    unlisten();
    const levels = await this.#settled(first);
    if ((await this.#vote.health()) !== 200) this.#blame("the service", "/healthz is not 200 at the end");
    if (this.#pids() !== pids) this.#blame("the service", `a process died: ${pids} before, ${this.#pids()} after`);
    const seconds = (performance.now() - this.#startedMs) / 1_000;
    if (this.#logLines > 5 + MAX_LOG_LINES_PER_SECOND * seconds) this.#blame("the service", `it wrote ${this.#logLines} lines of log`);
    const after = await this.#filesBack(fileLimit);
    const memory = judgeMemory(this.#samples);
    if (memory?.flat === false) this.#blame("the service", `memory grows: ${JSON.stringify(memory)}`);
    return {
      seed,
      requests: this.#tallies.requests,
      connections,
      seconds: Math.round(seconds * 10) / 10,
      queue: this.#run.redisUrl === null ? "postgres" : "redis",
      classes: this.#tallies.list(),
      levels,
      requestsWhileDown,
      slowestAnswerMs: Math.round(this.#slowestMs),
      memory,
      openFiles: { before: before.openFiles, after },
      logLines: this.#logLines,
      findings: this.#findings,
      passed: this.#findings.length === 0,
    };
  }

  /** Rounds until the run has come so far, 0 to 1; at least one, so that a slow machine tries every phase. */
  async #rounds(pool: VoterPool, untilShare: number, fileLimit: () => number): Promise<void> {
    do {
      const since = await this.#ledger.now();
      const { claims } = await this.#sampling(() => this.#round(pool, false));
      await this.#filesBack(fileLimit);
      await this.#drained();
      await this.#check(claims, since, false);
      this.#tell();
    } while (this.#share() < untilShare);
  }

  async #roundsWhileDown(pool: VoterPool, untilShare: number, fileLimit: () => number): Promise<number> {
    const requestsBefore = this.#tallies.requests;
    const slowestBefore = this.#slowestMs;
    await this.#whileDown(async () => {
      this.#slowestMs = 0;
      const claims: Claim[] = [];
      do {
        claims.push(...(await this.#round(pool, true)).claims);
        await this.#filesBack(fileLimit);
        this.#tell();
      } while (this.#share() < untilShare);
      if (this.#slowestMs > MAX_WAIT_WHILE_DOWN_MS)
        this.#blame("the service", `with the queue down an answer took ${Math.round(this.#slowestMs)} ms`);
      return claims;
    });
    this.#slowestMs = Math.max(slowestBefore, this.#slowestMs);
    return this.#tallies.requests - requestsBefore;
  }

  /** Stops the queue, lets the work be done, starts the queue again and checks that nothing was taken in. */
  async #whileDown(work: () => Promise<readonly Claim[]>): Promise<void> {
    const queue = this.#run.redisUrl === null ? "db" : "redis";
    const since = await this.#ledger.now();
    await this.#run.stack.stop(queue);
    await until("the vote service says that the queue is down", async () => (await this.#vote.health()) === 503);
    const claims = await work();
    await this.#run.stack.restart(queue);
    await until("the vote service has the queue again", async () => (await this.#vote.health()) === 200);
    await this.#drained();
    await this.#check(claims, since, true);
  }

  async #one(pool: VoterPool, index: number): Promise<readonly Claim[]> {
    this.#next = index;
    const since = await this.#ledger.now();
    const queueDown = this.#options.only?.queueDown ?? false;
    const { claims } = await this.#round(pool, queueDown, 1);
    if (queueDown) return claims;
    await this.#drained();
    await this.#check(claims, since, false);
    return claims;
  }

  async #round(pool: VoterPool, queueDown: boolean, count = this.#roundSize) {
    const { seed, connections, only, signal } = this.#options;
    signal?.throwIfAborted();
    const first = this.#next;
    this.#next += count;
    const result = await runRound({
      run: this.#run,
      seed,
      first,
      count,
      connections,
      queueDown,
      pool,
      tallies: this.#tallies,
      onFinding: (finding) => this.#add(finding),
      ...(only === undefined ? {} : { onObserved: only.onObserved }),
    });
    this.#levels.acknowledged += result.acknowledged;
    this.#levels.refusedLate += result.refusedLate;
    this.#slowestMs = Math.max(this.#slowestMs, result.slowestMs);
    return result;
  }

  /** Reads the vote process's memory while the work is under way. */
  async #sampling<T>(work: () => Promise<T>): Promise<T> {
    const sample = async () => {
      try {
        this.#samples.push(await this.#vote.figures());
      } catch {
        // A scrape that fails is no sample; that the service is well is asked for at the end.
      }
    };
    const timer = setInterval(() => void sample(), SAMPLE_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  async #check(claims: readonly Claim[], since: string, queueDown: boolean): Promise<void> {
    const ids = claims.flatMap((claim) => claim.acknowledged.map(({ ballot }) => ballot));
    const rows = await this.#ledger.ballots(since, ids);
    const { findings, landed } = this.#checks.check(claims, rows);
    this.#levels.landed += landed;
    for (const finding of findings) this.#add({ ...finding, queueDown });
  }

  /** Waits until no connection of ours is left open in the service; how many files it has open then. */
  async #filesBack(limit: () => number): Promise<number> {
    try {
      return await until("its connections are closed", async () => {
        const { openFiles } = await this.#vote.figures();
        return openFiles <= limit() ? openFiles : null;
      });
    } catch {
      const { openFiles } = await this.#vote.figures();
      this.#blame("the service", `${openFiles} files are open after all clients left; at most ${limit()} were due`);
      return openFiles;
    }
  }

  /**
   * Waits until the levels agree: what the queue has got since the pool was filled are the votes that were acknowledged, and those that
   * landed without; and all of it is counted. Of votes under a key that were refused late and sent again, both may be in the queue, and
   * the ledger has them once.
   */
  async #settled(first: Counts): Promise<FuzzReport["levels"]> {
    const since = await this.#ledger.now();
    const look = async () => {
      const last = await this.#counts();
      await this.#check([], since, false);
      const levels = {
        ...this.#levels,
        queued: last.queued - first.queued,
        persisted: last.counted - first.counted,
        repeated: last.repeated - first.repeated,
      };
      const extra = levels.queued - levels.acknowledged - levels.landed;
      return { levels, agree: levels.queued === levels.persisted + levels.repeated && extra >= 0 && extra <= levels.refusedLate };
    };
    try {
      return await until(
        "the levels agree",
        async () => {
          const { levels, agree } = await look();
          return agree ? levels : null;
        },
        SETTLE_LIMIT_MS,
      );
    } catch {
      const { levels } = await look();
      this.#blame("the service", `the levels do not agree: ${JSON.stringify(levels)}`);
      return levels;
    }
  }

  /** Waits until everything queued is counted. What is not in time never will be: then the run ends. */
  async #drained() {
    const settled = async () => {
      const counts = await this.#counts();
      return counts.queued === counts.counted + counts.repeated ? counts : null;
    };
    try {
      return await until("the queue is counted", settled, SETTLE_LIMIT_MS);
    } catch {
      const counts = await this.#counts();
      if (!this.#ended) this.#blame("the service", `the worker does not count all that is queued: ${JSON.stringify(counts)}`);
      this.#ended = true;
      return counts;
    }
  }

  async #counts(): Promise<Counts> {
    const { queued } = await this.#vote.figures();
    return { queued: queued ?? Number.NaN, ...(await this.#ledger.totals()) };
  }

  #pids(): string {
    const services = this.#run.stack.states().filter(({ kind }) => kind === "service");
    return services.map(({ name, pid, restarts }) => `${name} ${pid} (${restarts} restarts)`).join(", ");
  }

  #share(): number {
    const { requests, limitMs, leastRequests = 0 } = this.#options;
    if (this.#ended || this.#findings.length > MAX_FINDINGS) return 1;
    const sent = this.#tallies.requests;
    const byTime = (performance.now() - this.#startedMs) / limitMs;
    return Math.max(sent / requests, leastRequests === 0 ? byTime : Math.min(byTime, sent / leastRequests));
  }

  #add(finding: Finding): void {
    this.#findings.push(finding);
    this.#tallies.addFinding(finding.name);
  }

  #blame(name: string, problem: string): void {
    this.#findings.push({ index: null, name, problem, queueDown: false });
  }

  #tell(): void {
    const { requests } = this.#tallies;
    this.#options.onProgress(
      `${requests.toLocaleString("en")} requests, ${this.#levels.acknowledged.toLocaleString("en")} votes, ${this.#findings.length} findings`,
    );
  }
}
