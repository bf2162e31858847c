import { pause } from "@voting/proof";
import { NoAnswer, type StackClient } from "./stack-client.js";

const RETRY_MS = 100;

/** An accepted ballot that is not counted. */
export interface MissingBallot {
  readonly ballot: string;
  /** What the result service says of it instead. */
  readonly state: string;
}

export interface CheckOptions {
  /** How many look-ups at a time. */
  readonly parallel: number;
  /** A result service that answers nothing for so long is asked no more. */
  readonly stuckMs: number;
  readonly onProgress: (done: number) => void;
}

/** Looks each accepted ballot up in the ledger. Returns those that are not counted. */
export async function checkReceipts(
  client: StackClient,
  receipts: readonly string[],
  { parallel, stuckMs, onProgress }: CheckOptions,
): Promise<readonly MissingBallot[]> {
  const missing: MissingBallot[] = [];
  let next = 0;
  let done = 0;
  let answeredMs = performance.now();

  const stateOf = async (ballot: string): Promise<string> => {
    for (;;) {
      let problem: string;
      try {
        const { status, body } = await client.fromResult(`/api/ballots/${ballot}`);
        if (status === 200) {
          answeredMs = performance.now();
          return (JSON.parse(body) as { state: string }).state;
        }
        problem = `HTTP ${status}`;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        problem = error.message;
      }
      if (performance.now() - answeredMs > stuckMs) return `not looked up (${problem})`;
      await pause(RETRY_MS);
    }
  };
  const lookUpUntilDone = async (): Promise<void> => {
    while (next < receipts.length) {
      const ballot = receipts[next++] as string;
      const state = await stateOf(ballot);
      // Every voter of the test votes once, so each ballot must be the one that stands.
      if (state !== "counted") missing.push({ ballot, state });
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, receipts.length) }, lookUpUntilDone));
  return missing;
}

/** Ballots that were acknowledged more than once, each for another vote. */
export function doubledReceipts(receipts: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return [...new Set(receipts.filter((receipt) => seen.size === seen.add(receipt).size))];
}
