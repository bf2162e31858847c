import { type Keyring, lookUpBallot } from "@voting/ballots";
import type { Pool } from "pg";

/**
 * - queued: accepted and durable, not counted yet
 * - counted: the vote that stands
 * - superseded: counted, and replaced by a later vote of the same voter
 * - unknown: no receipt of this poll
 */
export type BallotState = "queued" | "counted" | "superseded" | "unknown";

/** What became of a ballot. A receipt's seal proves that its ballot was accepted, so one that the ledger lacks is still queued. */
export async function ballotState(pool: Pool, keyring: Keyring, receipt: string): Promise<BallotState> {
  const id = keyring.openReceipt(receipt);
  if (id === null) return "unknown";
  return (await lookUpBallot(pool, id)) ?? "queued";
}
