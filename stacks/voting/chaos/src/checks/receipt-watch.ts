import http from "node:http";
import { pause, type Random } from "@voting/proof";
import { ask } from "../load/ask.js";

const EVERY_MS = 15;
/** New receipts push out those that were watched longest. */
const MAX_WATCHED = 300;
const MAX_COMPLAINTS = 20;
/** What may follow what: a later state never comes before an earlier one again. */
const ORDER = ["queued", "counted", "superseded"];

/** Looks up receipts while things break. What a voter was told of a ballot may never be taken back. */
export class ReceiptWatch {
  readonly complaints: string[] = [];
  /** Lookups that got an answer 200. */
  lookups = 0;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #seen = new Map<string, string>();
  readonly #receipts: string[] = [];
  readonly #url: string;
  readonly #random: Random;

  constructor(resultUrl: string, random: Random) {
    this.#url = resultUrl;
    this.#random = random;
  }

  add(receipt: string): void {
    this.#receipts.push(receipt);
    if (this.#receipts.length > MAX_WATCHED) this.#seen.delete(this.#receipts.shift() as string);
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      if (this.#receipts.length > 0) await this.#look(this.#random.pick(this.#receipts)).catch(() => undefined); // Down: faults do that.
      await pause(EVERY_MS, stop);
    }
    this.#agent.destroy();
  }

  async #look(receipt: string): Promise<void> {
    const { status, body } = await ask(this.#agent, `${this.#url}/api/ballots/${receipt}`);
    if (status !== 200) return;
    this.lookups++;
    const { state } = JSON.parse(body) as { state: string };
    const before = this.#seen.get(receipt) ?? "queued";
    if (ORDER.indexOf(state) < ORDER.indexOf(before) && this.complaints.length < MAX_COMPLAINTS) {
      this.complaints.push(`receipt ${receipt} was ${before} and is ${state}`);
    }
    this.#seen.set(receipt, state);
  }
}
