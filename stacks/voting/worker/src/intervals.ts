import type { Clock } from "./clock.js";

/** Tells when something is due again. */
export class Intervals {
  readonly #clock: Clock;
  readonly #last = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  due(name: string, intervalMs: number): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - (this.#last.get(name) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false;
    this.#last.set(name, nowMs);
    return true;
  }
}
