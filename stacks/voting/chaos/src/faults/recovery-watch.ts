import type { PlannedFault } from "./fault.js";

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
  readonly #startedMs = performance.now();
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

  accepted(ballot: string, sentMs: number): void {
    for (const open of this.#open) {
      if (open.ballot !== null || sentMs < open.atMs) continue;
      open.ballot = ballot;
      open.record.acceptedAgainMs = performance.now() - open.atMs;
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
