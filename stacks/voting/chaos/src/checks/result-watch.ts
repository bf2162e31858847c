import http from "node:http";
import { pause } from "@voting/proof";
import { ask } from "../load/ask.js";

const EVERY_MS = 100;
const MAX_COMPLAINTS = 20;

/** Reads the result API again and again: its total is the number of voters, so it may never go back. */
export class ResultWatch {
  readonly complaints: string[] = [];
  /** Reads that got an answer 200. */
  reads = 0;
  #total = 0;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  constructor(resultUrl: string) {
    this.#url = `${resultUrl}/api/results`;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#look().catch(() => undefined); // The result service is down, or its database: faults do that.
      await pause(EVERY_MS, stop);
    }
    this.#agent.destroy();
  }

  async #look(): Promise<void> {
    const { status, body } = await ask(this.#agent, this.#url);
    if (status !== 200) return;
    this.reads++;
    const { total } = JSON.parse(body) as { total: number };
    if (total < this.#total && this.complaints.length < MAX_COMPLAINTS)
      this.complaints.push(`the total went back from ${this.#total} to ${total}`);
    this.#total = total;
  }
}
