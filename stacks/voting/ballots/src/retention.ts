/** How long, and how many, counted ballots stay in the queue, so that a database restored from a backup is counted up again. */
export interface Retention {
  readonly ms: number;
  /** Over all partitions. */
  readonly ballots: number;
}

/** A day, and about 150 MB of Redis' memory. */
export const DEFAULT_RETENTION: Retention = { ms: 24 * 3_600_000, ballots: 1_000_000 };

/**
 * The retention that the environment asks for: QUEUE_RETENTION_HOURS (default 24) and QUEUE_RETENTION_BALLOTS (default 1,000,000), 0 for none.
 * Throws a sentence for the operator when one is no number.
 */
export function retentionFrom(env: Readonly<Record<string, string | undefined>>): Retention {
  const hours = numberFrom(env, "QUEUE_RETENTION_HOURS") ?? DEFAULT_RETENTION.ms / 3_600_000;
  const ballots = numberFrom(env, "QUEUE_RETENTION_BALLOTS") ?? DEFAULT_RETENTION.ballots;
  return { ms: Math.round(hours * 3_600_000), ballots: Math.round(ballots) };
}

function numberFrom(env: Readonly<Record<string, string | undefined>>, name: string): number | null {
  const text = env[name];
  if (!text) return null;
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0) throw new Error(`${name} must be a number of 0 or more, found "${text}"`);
  return number;
}
