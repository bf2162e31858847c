/** How far behind the fence a command may be that is still carried out. */
export const FENCE_TOLERANCE = 8;

/** A sender says that a batch failed no sooner than this after it was sent, unless it has moved the fence meanwhile. In ms. */
export const GIVE_UP_MS = 3_000;

/** What every other sender relies on: less, for clocks that run at different speeds. */
const TRUSTED_MS = 2_400;

/** The fence is moved by one about so often, so that it never has to move much at once. */
const STEP_MS = TRUSTED_MS / (FENCE_TOLERANCE + 2);

/** What was seen is remembered in steps of this. */
const LOOK_MS = 20;

/** What a command carries. */
export interface FencePass {
  /** The newest place of the fence that the sender has seen. */
  readonly carried: number;
  /** Where the fence must be when the command has been carried out, */
  readonly atLeast: number;
  /** and by how much the command must move it. */
  readonly plus: number;
}

/**
 * Keeps a command from having an effect after its sender gave it up, though it may still be on its way: in a socket, a proxy, a kernel.
 *
 * The queue has a number, the fence, that only grows. A command carries the newest value that its sender has seen, and does nothing when the
 * fence is more than FENCE_TOLERANCE beyond it. Whoever has a batch acknowledged sees to it, in the same command, that the fence is that
 * far beyond where it was TRUSTED_MS ago. A command that was given up was sent GIVE_UP_MS ago or earlier, so from the first later
 * acknowledgement on it is too late, whichever service got that. Each process measures durations with its own clock only; no two must agree.
 */
export class Fence {
  #newest = -1;
  #newestMs = Number.NEGATIVE_INFINITY;
  /** When the asking for a value began, and the value; oldest first. */
  #seen: { readonly askedMs: number; readonly value: number }[] = [];

  /** @param askedMs When the command was sent whose answer told the value. */
  saw(value: number, askedMs: number, nowMs: number): void {
    if (value > this.#newest) {
      this.#newest = value;
      this.#newestMs = nowMs;
    }
    const last = this.#seen.at(-1);
    if (last === undefined || askedMs - last.askedMs >= LOOK_MS) this.#seen.push({ askedMs, value });
  }

  pass(nowMs: number): FencePass {
    while (this.#seen.length > 0 && (this.#seen[0]?.askedMs as number) < nowMs - TRUSTED_MS) this.#seen.shift();
    const oldest = this.#seen[0];
    // Nothing is known of where it was: as far beyond where it is now.
    if (oldest === undefined) return { carried: this.#newest, atLeast: 0, plus: FENCE_TOLERANCE + 1 };
    const steps = Math.floor((nowMs - this.#newestMs) / STEP_MS);
    return { carried: this.#newest, atLeast: Math.max(oldest.value + FENCE_TOLERANCE + 1, this.#newest + steps), plus: 0 };
  }
}
