import { isIPv6 } from "node:net";

const WINDOW_MS = 60_000;
/** Bounds the memory; beyond it counting begins anew. */
const MAX_ADDRESSES = 100_000;

/** At most so many votes a minute from one address. Off unless it is asked for: behind one address may be a whole school. */
export class AddressLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #votes = new Map<string, number>();
  #endsAtMs = 0;

  /**
   * @param text A whole number above 0; empty or `undefined`: no limit
   * @throws Error A sentence for the operator, when it is none
   */
  constructor(text: string | undefined, now: () => number = () => performance.now()) {
    this.#perMinute = text === undefined || text.trim() === "" ? Number.POSITIVE_INFINITY : Number(text);
    this.#now = now;
    const isNumber = this.#perMinute === Number.POSITIVE_INFINITY || Number.isSafeInteger(this.#perMinute);
    if (!isNumber || this.#perMinute < 1)
      throw new Error(`VOTES_PER_ADDRESS must be a whole number above 0, the votes of one address in a minute; found "${text}"`);
  }

  get isOn(): boolean {
    return this.#perMinute !== Number.POSITIVE_INFINITY;
  }

  /** Counts one more vote of an address. Returns 0, or how many seconds it must wait. IPv6 addresses count by their /64 network. */
  take(address: string): number {
    const nowMs = this.#now();
    if (nowMs >= this.#endsAtMs || this.#votes.size >= MAX_ADDRESSES) {
      this.#votes.clear();
      this.#endsAtMs = nowMs + WINDOW_MS;
    }
    const who = isIPv6(address) ? networkOf(address) : address;
    const votes = (this.#votes.get(who) ?? 0) + 1;
    if (votes > this.#perMinute) return Math.max(1, Math.ceil((this.#endsAtMs - nowMs) / 1_000));
    this.#votes.set(who, votes);
    return 0;
  }
}

/** The first four of the eight groups, written out. */
function networkOf(address: string): string {
  const [head = "", tail = ""] = address.split("::") as [string, string?];
  const groups = head === "" ? [] : head.split(":");
  const missing = address.includes("::") ? 8 - groups.length - (tail === "" ? 0 : tail.split(":").length) : 0;
  const all = [...groups, ...new Array<string>(Math.max(0, missing)).fill("0"), ...(tail === "" ? [] : tail.split(":"))];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
