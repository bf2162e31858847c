interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Deaths of the part that this waiter still takes. */
  deathsLeft: number;
}

/** Those who wait for a part to become healthy. */
export class Waiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves with the next `succeed`, rejects with the next `fail` or after that many deaths. */
  wait(deathsLeft: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.add({ resolve, reject, deathsLeft }));
  }

  succeed(): void {
    for (const waiter of this.#takeAll()) waiter.resolve();
  }

  fail(error: unknown): void {
    for (const waiter of this.#takeAll()) waiter.reject(error);
  }

  countDeath(errorOf: () => Error): void {
    for (const waiter of [...this.#waiters]) {
      waiter.deathsLeft -= 1;
      if (waiter.deathsLeft > 0) continue;
      this.#waiters.delete(waiter);
      waiter.reject(errorOf());
    }
  }

  #takeAll(): readonly Waiter[] {
    const all = [...this.#waiters];
    this.#waiters.clear();
    return all;
  }
}
