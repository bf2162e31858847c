/** Tells when something is due again. */
export class Intervals {
  readonly #last = new Map<string, number>();

  due(name: string, intervalMs: number): boolean {
    const now = performance.now();
    if (now - (this.#last.get(name) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false;
    this.#last.set(name, now);
    return true;
  }
}
