import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 20;
const LIMIT_MS = 30_000;

/** Resolves after so many ms, or as soon as the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
}

export interface PollOptions {
  readonly limitMs: number;
  /** Pause between two looks, in ms. Default: 20 */
  readonly everyMs?: number;
}

/** Looks again and again until what is found is something (neither false nor null); `null` when the time is over. Rejects when a look does. */
export async function poll<T>(look: () => T | Promise<T>, { limitMs, everyMs = EVERY_MS }: PollOptions): Promise<NonNullable<T> | null> {
  const startedMs = performance.now();
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() - startedMs > limitMs) return null;
    await pause(everyMs);
  }
}

/**
 * The same of what must come; a look that rejects is taken again.
 *
 * @param what What is waited for, as a sentence without a full stop.
 * @throws Error (rejects) when the time is over (default: 30,000 ms); its cause is why the last look failed.
 */
export async function until<T>(what: string, look: () => T | Promise<T>, limitMs = LIMIT_MS): Promise<NonNullable<T>> {
  let cause: unknown;
  const tried = async (): Promise<T | null> => {
    try {
      return await look();
    } catch (error) {
      cause = error;
      return null;
    }
  };
  const found = await poll(tried, { limitMs });
  if (found === null) throw new Error(`not within ${limitMs} ms: ${what}`, { cause });
  return found;
}
