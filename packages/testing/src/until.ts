import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 10;

/** Says what hangs, not what is slow: a machine that is busy with other things may take many times what a quiet one does. */
const LIMIT_MS = 60_000;

/** Waits for a condition, never for a time: resolves with the first truthy value, rejects when none came within `limitMs` (default: a minute). */
export async function until<T>(what: string, condition: () => T | Promise<T>, limitMs = LIMIT_MS): Promise<NonNullable<T>> {
  const startedMs = performance.now();
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() - startedMs > limitMs) {
      throw new Error(`not within ${limitMs} ms: ${what}`, { cause: last });
    }
    await sleep(POLL_MS);
  }
}

/** Tries an action until it does not reject; for what is down and comes back. */
export async function untilDone(what: string, action: () => Promise<unknown>, limitMs?: number): Promise<void> {
  await until(
    what,
    async () => {
      await action();
      return true;
    },
    limitMs,
  );
}
