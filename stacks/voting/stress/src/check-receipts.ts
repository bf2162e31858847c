import type { StackClient } from "./stack-client.js";

/** Looks each accepted ballot up in the ledger. Returns those that are not counted, with the state that was found instead. */
export async function checkReceipts(
  client: StackClient,
  receipts: readonly string[],
  parallel: number,
): Promise<readonly { readonly ballot: string; readonly state: string }[]> {
  const missing: { ballot: string; state: string }[] = [];
  let next = 0;
  const lookUpUntilDone = async (): Promise<void> => {
    while (next < receipts.length) {
      const ballot = receipts[next++] as string;
      const answer = await client.fromResult(`/api/ballots/${ballot}`);
      const state = answer.status === 200 ? (JSON.parse(answer.body) as { state: string }).state : `HTTP ${answer.status}`;
      // Every voter of the test votes once, so each ballot must be the one that stands.
      if (state !== "counted") missing.push({ ballot, state });
    }
  };
  await Promise.all(Array.from({ length: parallel }, lookUpUntilDone));
  return missing;
}
