import type pg from "pg";
import type { Found } from "./check-truth.js";

/** The ledger and the standing votes, of one moment. */
export async function readFound(pool: pg.Pool): Promise<Found> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows: ledger } = await client.query<Found["ledger"][number]>("SELECT id, voter, vote FROM ballots");
    const { rows: standing } = await client.query<Found["standing"][number]>("SELECT id, vote, ballot FROM votes");
    await client.query("COMMIT");
    return { ledger, standing };
  } finally {
    client.release();
  }
}
