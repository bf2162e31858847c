/** So many votes may always be inside: a burst after a quiet time is no overload. */
const MIN_INSIDE = 1_000;
const WINDOW_MS = 100;
const WINDOWS = 10;

export interface AdmissionOptions {
  /** How long a vote that is let in may have to wait for its answer, in ms. Default: 500 */
  readonly waitMs?: number;
  /** Default: performance.now */
  readonly now?: () => number;
}

/**
 * Lets in as many votes as will get their answers soon, and turns the others away at once: what waits too long is given up by its voter,
 * and was work for nothing. How many that are follows from how many were answered in the last second (Little's law: those inside are the
 * rate times the wait), so nobody has to know what the machine, its quota or the queue can do.
 */
export class Admission {
  readonly #waitMs: number;
  readonly #now: () => number;
  /** Answered in each of the last windows, in a ring. */
  readonly #answered = new Array<number>(WINDOWS).fill(0);
  #inLastSecond = 0;
  #window = 0;
  #inside = 0;

  constructor({ waitMs = 500, now = () => performance.now() }: AdmissionOptions = {}) {
    this.#waitMs = waitMs;
    this.#now = now;
    this.#window = Math.floor(now() / WINDOW_MS);
  }

  get inside(): number {
    return this.#inside;
  }

  /** How many may be inside now. */
  get limit(): number {
    this.#turn();
    return Math.max(MIN_INSIDE, (this.#inLastSecond * this.#waitMs) / 1_000);
  }

  /** Whether one more would be turned away. */
  get isFull(): boolean {
    return this.#inside >= MIN_INSIDE && this.#inside >= this.limit;
  }

  /** Whether one more is let in; then `leave` must be called once. */
  enter(): boolean {
    if (this.isFull) return false;
    this.#inside++;
    return true;
  }

  /** @param wasServed Whether it took as much work as a vote that is taken in */
  leave(wasServed: boolean): void {
    this.#inside--;
    if (!wasServed) return;
    this.#turn();
    this.#answered[this.#window % WINDOWS] = (this.#answered[this.#window % WINDOWS] as number) + 1;
    this.#inLastSecond++;
  }

  /** Forgets the windows that are more than a second old. */
  #turn(): void {
    const current = Math.floor(this.#now() / WINDOW_MS);
    for (let passed = Math.min(current - this.#window, WINDOWS); passed > 0; passed--) {
      const oldest = (current - passed + 1) % WINDOWS;
      this.#inLastSecond -= this.#answered[oldest] as number;
      this.#answered[oldest] = 0;
    }
    this.#window = current;
  }
}
