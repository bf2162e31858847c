import type { Socket } from "node:net";
import { resetSocket } from "./reset-socket.js";

/** Bytes, or the end of them. */
type Freight = Buffer | "end" | "reset";

/**
 * One direction of a connection through the proxy. What comes in goes out in order: at once, late, or not before the silence is over.
 * The sender notices nothing of it, as on a network that loses every packet and gets them through by resending.
 */
export class Lane {
  readonly #to: Socket;
  readonly #waiting: { readonly freight: Freight; readonly dueMs: number }[] = [];
  #silent = false;
  #delayMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(from: Socket, to: Socket) {
    this.#to = to;
    from.on("data", (bytes) => this.#take(bytes));
    from.on("end", () => this.#take("end"));
    from.on("error", () => this.#take("reset"));
  }

  set(mode: { readonly silent: boolean; readonly delayMs: number }): void {
    this.#silent = mode.silent;
    this.#delayMs = mode.delayMs;
    this.#deliver();
  }

  /** Forgets what waits. */
  close(): void {
    this.#waiting.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #take(freight: Freight): void {
    this.#waiting.push({ freight, dueMs: performance.now() + this.#delayMs });
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#silent && this.#waiting[0] !== undefined) {
      const [{ freight, dueMs }] = this.#waiting as [{ freight: Freight; dueMs: number }];
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = null;
          this.#deliver();
        }, Math.ceil(earlyMs));
        return;
      }
      this.#waiting.shift();
      this.#hand(freight);
    }
  }

  #hand(freight: Freight): void {
    if (this.#to.destroyed) return;
    if (freight === "reset") resetSocket(this.#to);
    else if (freight === "end") this.#to.end();
    else this.#to.write(freight);
  }
}
