import type pg from "pg";
import type { Tables } from "./history.js";

/** The tables of the voting stack, in one snapshot. */
export async function readTables(client: pg.Client): Promise<Tables> {
  const { rows } = await client.query<Tables>({
    name: "tables",
    text: `SELECT
      (SELECT COALESCE(json_agg(json_build_object('id', id, 'voter', voter, 'vote', vote, 'rank', rank)), '[]') FROM ballots) AS ledger,
      (SELECT COALESCE(json_agg(json_build_object('id', id, 'vote', vote, 'ballot', ballot)), '[]') FROM votes) AS votes,
      (SELECT COALESCE(json_agg(json_build_object('partition', partition, 'position', position)), '[]') FROM positions) AS positions,
      (SELECT COALESCE(SUM(counted), 0)::int FROM positions) AS counted,
      (SELECT COALESCE(json_object_agg(vote, votes ORDER BY vote), '{}') FROM tally) AS tally,
      (SELECT COALESCE(json_object_agg(vote, n ORDER BY vote), '{}') FROM (SELECT vote, COUNT(*) AS n FROM votes GROUP BY vote) AS g) AS groups`,
  });
  return rows[0] as Tables;
}
