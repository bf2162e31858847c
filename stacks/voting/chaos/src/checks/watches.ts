import { execFile } from "node:child_process";
import http from "node:http";
import { promisify } from "node:util";
import { pause, type Random, Viewer } from "@voting/proof";
import type { RunningStack } from "@voting/testing";
import type pg from "pg";
import type { PlannedFault } from "../faults/fault.js";
import { ask } from "../load/ask.js";

// What is looked at all the while, also while things are broken: a look that fails then is none.

/** For the ledger it is how exactly the time of a count is known. */
const EVERY_MS = 100;

const MEMORY_EVERY_MS = 2_000;

const RECEIPT_EVERY_MS = 15;

/** New receipts push out those that were watched longest. */
const MAX_WATCHED = 300;

const MAX_COMPLAINTS = 20;

/** So many are in each partition most probably. */
const MAX_NEWEST = 50;

/** What may follow what of a receipt: a later state never comes before an earlier one again. */
const ORDER = ["queued", "counted", "superseded"];

const exec = promisify(execFile);

/** Goes up only, but for the time that a store which was put back takes to come up again. */
export class Rising {
  #highest = 0;
  #state: "steady" | "back" | "coming" = "steady";

  /** The store was put back. */
  goesBack(): void {
    this.#state = "back";
  }

  /** All is counted again: what is shown must come up to where it was, and may fall no more. */
  isBack(): void {
    if (this.#state === "back") this.#state = "coming";
  }

  /** Where it fell from; `null`: it did not, or may. */
  fellFrom(value: number): number | null {
    const before = this.#highest;
    if (value < before && this.#state !== "steady") return null;
    if (this.#state === "coming") this.#state = "steady";
    this.#highest = value;
    return value < before ? before : null;
  }
}

/** A fault that was injected, and how the stack came out of it. All times in ms since the fault began, its duration included. */
export interface FaultRecord {
  readonly fault: PlannedFault;
  /** Since the watch began. */
  readonly beganMs: number;
  /** Why it could not be injected; `null` when it was. */
  missed: string | null;
  /** Until the first answer 2xx to a vote that was sent after it began. */
  acceptedAgainMs: number | null;
  /** Until that ballot was in the ledger. */
  countedAgainMs: number | null;
}

interface Open {
  readonly record: FaultRecord;
  readonly atMs: number;
  /** The ballot that is followed. */
  ballot: string | null;
}

/** Measures how long it takes until votes are accepted, and counted, after each fault. Those that overlap are measured each by itself. */
export class RecoveryWatch {
  readonly records: FaultRecord[] = [];
  /** What did not go on though it should, while something was broken. */
  readonly complaints: string[] = [];
  readonly #startedMs = performance.now();
  readonly #newest: string[] = [];
  #anewMs = 0;
  #open: Open[] = [];

  /** Faults after which no vote was counted yet. */
  unrecovered(): readonly PlannedFault[] {
    return this.#open.filter(({ record }) => record.missed === null).map(({ record }) => record.fault);
  }

  get isOver(): boolean {
    return this.unrecovered().length === 0;
  }

  begin(fault: PlannedFault): FaultRecord {
    const atMs = performance.now();
    const record = { fault, beganMs: Math.round(atMs - this.#startedMs), missed: null, acceptedAgainMs: null, countedAgainMs: null };
    this.records.push(record);
    this.#open.push({ record, atMs, ballot: null });
    return record;
  }

  /** Ballots that were acknowledged last. */
  get newest(): readonly string[] {
    return [...this.#newest];
  }

  /** Ballots that are followed may be lost with the queue that was put back: others are followed, sent from now on. */
  followAnew(): void {
    this.#anewMs = performance.now();
    this.#newest.length = 0;
    for (const open of this.#open) open.ballot = null;
  }

  accepted(ballot: string, sentMs: number): void {
    if (sentMs < this.#anewMs) return;
    if (this.#newest.push(ballot) > MAX_NEWEST) this.#newest.shift();
    for (const open of this.#open) {
      if (open.ballot !== null || sentMs < open.atMs) continue;
      open.ballot = ballot;
      open.record.acceptedAgainMs ??= performance.now() - open.atMs;
    }
  }

  /** Ballots whose counting is waited for. */
  waiting(): readonly string[] {
    return this.#open.flatMap(({ ballot }) => (ballot === null ? [] : [ballot]));
  }

  counted(ballots: ReadonlySet<string>): void {
    this.#open = this.#open.filter(({ record, atMs, ballot }) => {
      if (ballot === null || !ballots.has(ballot)) return record.missed === null;
      record.countedAgainMs = performance.now() - atMs;
      return false;
    });
  }
}

/** Follows the ledger from beside the stack: how much is counted, and which of the ballots that a fault's recovery is measured by. */
export class LedgerWatch {
  counted = 0;
  readonly #pool: pg.Pool;
  readonly #recovery: RecoveryWatch;

  constructor(pool: pg.Pool, recovery: RecoveryWatch) {
    this.#pool = pool;
    this.#recovery = recovery;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.look().catch(() => undefined); // PostgreSQL is down: faults do that.
      await pause(EVERY_MS, stop);
    }
  }

  async look(): Promise<void> {
    const { rows } = await this.#pool.query<{ counted: string; found: string[] }>(
      "SELECT (SELECT COALESCE(SUM(counted), 0) FROM positions) AS counted, ARRAY(SELECT id::text FROM ballots WHERE id = ANY($1)) AS found",
      [this.#recovery.waiting()],
    );
    this.counted = Number(rows[0]?.counted);
    this.#recovery.counted(new Set(rows[0]?.found));
  }
}

/** Reads the result API again and again: its total is the number of voters, so it may never go back. */
export class ResultWatch {
  readonly complaints: string[] = [];
  /** Reads that got an answer 200. */
  reads = 0;
  readonly total = new Rising();
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  constructor(resultUrl: string) {
    this.#url = `${resultUrl}/api/results`;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#look().catch(() => undefined); // The result service is down, or its database: faults do that.
      await pause(EVERY_MS, stop);
    }
    this.#agent.destroy();
  }

  async #look(): Promise<void> {
    const { status, body } = await ask(this.#agent, this.#url);
    if (status !== 200) return;
    this.reads++;
    const { total } = JSON.parse(body) as { total: number };
    const before = this.total.fellFrom(total);
    if (before !== null && this.complaints.length < MAX_COMPLAINTS) this.complaints.push(`the total went back from ${before} to ${total}`);
  }
}

/** Looks up receipts while things break. What a voter was told of a ballot may never be taken back. */
export class ReceiptWatch {
  readonly complaints: string[] = [];
  /** Lookups that got an answer 200. */
  lookups = 0;
  /** A store was put back and is not up again: what was told may be taken back for as long. */
  mayGoBack = false;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #seen = new Map<string, string>();
  readonly #receipts: string[] = [];
  readonly #url: string;
  readonly #random: Random;

  constructor(resultUrl: string, random: Random) {
    this.#url = resultUrl;
    this.#random = random;
  }

  add(receipt: string): void {
    this.#receipts.push(receipt);
    if (this.#receipts.length > MAX_WATCHED) this.#seen.delete(this.#receipts.shift() as string);
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      if (this.#receipts.length > 0) await this.#look(this.#random.pick(this.#receipts)).catch(() => undefined); // Down: faults do that.
      await pause(RECEIPT_EVERY_MS, stop);
    }
    this.#agent.destroy();
  }

  async #look(receipt: string): Promise<void> {
    const { status, body } = await ask(this.#agent, `${this.#url}/api/ballots/${receipt}`);
    if (status !== 200) return;
    this.lookups++;
    const { state } = JSON.parse(body) as { state: string };
    const before = this.#seen.get(receipt) ?? "queued";
    if (this.mayGoBack && ORDER.indexOf(state) < ORDER.indexOf(before)) return;
    if (ORDER.indexOf(state) < ORDER.indexOf(before) && this.complaints.length < MAX_COMPLAINTS) {
      this.complaints.push(`receipt ${receipt} was ${before} and is ${state}`);
    }
    this.#seen.set(receipt, state);
  }
}

/** Somebody who watches the result page all the while: its total may never go back. */
export function watchPage(resultUrl: string, complaints: string[], shown = new Rising()): Viewer {
  return new Viewer(resultUrl, (total) => {
    const before = shown.fellFrom(total);
    if (before !== null && complaints.length < MAX_COMPLAINTS) complaints.push(`the stream's total went back from ${before} to ${total}`);
  });
}

/** The largest resident set of each part so far, in MB, and the present one. PostgreSQL: of its first process alone. */
export class MemoryWatch {
  readonly largestMb = new Map<string, number>();
  readonly nowMb = new Map<string, number>();
  readonly #stack: RunningStack;

  constructor(stack: RunningStack) {
    this.#stack = stack;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.look();
      await pause(MEMORY_EVERY_MS, stop);
    }
  }

  async look(): Promise<void> {
    const parts = this.#stack.states().filter((state) => state.pid !== null);
    // ps fails when none of them runs any more.
    const { stdout } = await exec("ps", ["-o", "pid=,rss=", "-p", parts.map((part) => part.pid).join(",")]).catch(() => ({ stdout: "" }));
    const rows = stdout.split("\n").map((row) => row.trim().split(/\s+/).map(Number));
    for (const { name, pid } of parts) {
      const kilobytes = rows.find(([found]) => found === pid)?.[1];
      if (kilobytes === undefined) continue;
      const megabytes = Math.round(kilobytes / 1024);
      this.nowMb.set(name, megabytes);
      this.largestMb.set(name, Math.max(megabytes, this.largestMb.get(name) ?? 0));
    }
  }
}
