interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Too many wait already: the caller answers "try again" at once, instead of letting the queue grow without bound. */
export class OverloadedError extends Error {
  constructor(waiting: number) {
    super(`${waiting} requests wait for the queue already`);
  }
}

/**
 * Lets concurrent callers share one round trip. While one batch is under way the next one gathers, so at low load a caller
 * waits for nothing and at high load the batch grows by itself.
 */
export class Batcher<T> {
  readonly #send: (items: readonly T[]) => Promise<void>;
  readonly #maxWaiting: number;
  #waiting: Waiting<T>[] = [];
  #scheduled = false;

  /** @param maxWaiting How many items may wait at most. Default: 5,000 */
  constructor(send: (items: readonly T[]) => Promise<void>, maxWaiting = 5_000) {
    this.#send = send;
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves when the batch with this item was sent; rejects with what its sending threw. */
  add(item: T): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) return Promise.reject(new OverloadedError(this.#waiting.length));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Behind the requests that arrived in the same turn of the event loop, so that they travel together.
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      await this.#send(batch.map((waiting) => waiting.item));
      for (const waiting of batch) waiting.resolve();
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
    this.#scheduled = false;
    if (this.#waiting.length > 0) this.#schedule();
  }
}
