import type { Launch } from "@groundplan/programs";

/** What a part runs, whatever its kind: a service, Redis or PostgreSQL. */
export interface Program {
  /** Asks it to end cleanly. */
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end, in ms; `null` or missing: as long as any part. */
  readonly stopLimitMs?: number | null;
  /** Whether it may need long to start for a good reason (a database that recovers), so that no time limit applies. */
  readonly mayStartSlowly: boolean;
  /**
   * Makes ready what it needs, before each of its starts.
   *
   * @throws UserError when something is missing that only the user can provide.
   */
  prepare(signal: AbortSignal): Promise<Launch>;
  /**
   * Why it cannot do its work yet; `null` when it can. `upMs`: how long it has run. Settles soon after `signal` is aborted.
   *
   * @throws UserError when only the user can put it right.
   */
  check(signal: AbortSignal, upMs: number): Promise<string | null>;
  /** Gives up what `check` keeps open. Called before the process is asked to end, and after it has died. */
  disconnect?(): Promise<void>;
}
