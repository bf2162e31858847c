/** An item on its way, and who waits for it. */
export interface Passenger<T> {
  readonly item: T;
  /** Asked when the batch leaves: whether nobody waits any more, so that the item need not go. */
  isGone(): boolean;
  /** Told once: `null` when the batch with the item was sent, else why it was not, or may not have been. */
  settle(error: Error | null): void;
}

/** Too many wait already: the caller answers "try again" at once, instead of letting the queue grow without bound. */
export class OverloadedError extends Error {
  constructor(waiting: number) {
    super(`${waiting} requests wait for the queue already`);
  }
}

/** Nobody waits for it any more, and it has not left. */
export class GoneError extends Error {
  constructor() {
    super("its caller left before it did");
  }
}

/** The receiver of the batch has not taken this item. */
export class LeftOutError extends Error {
  constructor() {
    super("it was left out");
  }
}

const STAYS = (): boolean => false;

/** So many batches may be under way: one side works on the next while the other answers the last. */
const MAX_UNDER_WAY = 3;

/**
 * A batch of this size leaves at once, without waiting for the turn of the event loop to end: its round trip runs while the rest of the
 * turn's requests are read. With 50 connections at full speed that takes in a quarter more votes than one batch a turn.
 */
const FULL_ITEMS = 25;

/**
 * Lets concurrent callers share one round trip. While batches are under way the next one gathers, so at low load a caller
 * waits for nothing and at high load the batch grows by itself.
 */
export class Batcher<T> {
  readonly #send: (items: readonly T[]) => Promise<readonly T[] | undefined>;
  readonly #maxWaiting: number;
  #waiting: Passenger<T>[] = [];
  #scheduled = false;
  #underWay = 0;

  /**
   * @param send Resolves with the items that it left out, if any.
   * @param maxWaiting How many items may wait at most. Default: 5,000
   */
  constructor(send: (items: readonly T[]) => Promise<readonly T[] | undefined>, maxWaiting = 5_000) {
    this.#send = send;
    this.#maxWaiting = maxWaiting;
  }

  /** How many items have not left yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the batch with this item was sent; rejects with what its sending threw, a LeftOutError or a GoneError. */
  add(item: T, isGone = STAYS): Promise<void> {
    return new Promise((resolve, reject) => {
      this.board({ item, isGone, settle: (error) => (error === null ? resolve() : reject(error)) });
    });
  }

  /** The same without a promise, of which a busy service makes many. */
  board(passenger: Passenger<T>): void {
    if (this.#waiting.length >= this.#maxWaiting) {
      passenger.settle(new OverloadedError(this.#waiting.length));
      return;
    }
    this.#waiting.push(passenger);
    this.#leave();
  }

  #leave(): void {
    if (this.#underWay >= MAX_UNDER_WAY || this.#waiting.length === 0) return;
    if (this.#waiting.length >= FULL_ITEMS) void this.#sendWaiting();
    else this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Behind the requests that arrived in the same turn of the event loop, so that they travel together.
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#underWay < MAX_UNDER_WAY) void this.#sendWaiting();
    });
  }

  async #sendWaiting(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting.filter(stays);
    this.#waiting = [];
    if (batch.length === 0) return;
    this.#underWay++;
    let leftOut: readonly T[] = [];
    let failure: Error | null = null;
    try {
      leftOut = (await this.#send(batch.map(({ item }) => item))) ?? [];
    } catch (error) {
      failure = error as Error;
    }
    this.#underWay--;
    // The next one is on its way while the callers of this one are answered.
    this.#leave();
    for (const passenger of batch) {
      passenger.settle(leftOut.length > 0 && leftOut.includes(passenger.item) ? new LeftOutError() : failure);
    }
  }
}

function stays(passenger: Passenger<unknown>): boolean {
  if (!passenger.isGone()) return true;
  passenger.settle(new GoneError());
  return false;
}
