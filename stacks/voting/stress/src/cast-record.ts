import { NoAnswer, type StackClient } from "./stack-client.js";

/** What became of the votes that were sent, as their answers tell. */
export class CastRecord {
  /** Receipts of the accepted ballots, in the order of their answers; the next two lists are in the same order. */
  readonly receipts: string[] = [];
  /** When each was sent, or was due to be sent. */
  readonly startMs: number[] = [];
  readonly acceptedAtMs: number[] = [];
  /** Why votes were not accepted, and how many. */
  readonly refusals = new Map<string, number>();
  sent = 0;
  refused = 0;
  /** Votes without an answer, which may have been taken in. */
  unanswered = 0;
  /** Of the refused: by an error of the service (5xx), after which nobody knows whether the queue has the vote. */
  failed = 0;

  get answered(): number {
    return this.receipts.length + this.refused + this.unanswered;
  }

  /** Of the votes that were not accepted, those that may be counted all the same, each at most once. */
  get uncertain(): number {
    return this.unanswered + this.failed;
  }

  /** Casts one vote and notes what became of it. Never rejects. */
  async cast(client: StackClient, option: string, startMs: number): Promise<void> {
    this.sent++;
    try {
      const { status, body } = await client.vote(option);
      const text = parsed(body);
      if (status === 202 && typeof text?.ballot === "string") {
        this.receipts.push(text.ballot);
        this.startMs.push(startMs);
        this.acceptedAtMs.push(performance.now());
      } else if (status === 202) {
        this.#leftOpen("HTTP 202 without a receipt");
      } else {
        this.refused++;
        if (status >= 500) this.failed++;
        this.#note(`HTTP ${status}${typeof text?.error === "string" ? `: ${text.error}` : ""}`);
      }
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.mayHaveArrived) this.#leftOpen(error.message);
      else {
        this.refused++;
        this.#note(error.message);
      }
    }
  }

  #leftOpen(reason: string): void {
    this.unanswered++;
    this.#note(reason);
  }

  #note(reason: string): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}

function parsed(body: string): { readonly ballot?: unknown; readonly error?: unknown } | null {
  try {
    return JSON.parse(body) as { ballot?: unknown; error?: unknown } | null;
  } catch {
    return null;
  }
}
