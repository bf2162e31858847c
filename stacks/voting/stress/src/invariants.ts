import type pg from "pg";

/** Something that must be true of the tables at every commit, and whether it was. */
export interface Invariant {
  /** What is claimed, as a sentence without a full stop. */
  readonly name: string;
  readonly holds: boolean;
  /** What was compared; where it does not hold, the first offenders by name. */
  readonly detail: string;
}

const OFFENDERS_SHOWN = 5;

/** A claim that some row contradicts: its query gives a line `offender` for each such row. */
interface Claim {
  readonly name: string;
  readonly offenders: string;
  /** A query for what was looked at, as one line `looked_at`. */
  readonly lookedAt: string;
}

const CLAIMS: readonly Claim[] = [
  {
    name: "the tallies equal the GROUP BY of the table",
    offenders: `SELECT format('%s: tally %s, table %s', COALESCE(t.vote, v.vote), COALESCE(t.votes, 0), COALESCE(v.votes, 0)) AS offender
      FROM tally t FULL JOIN (SELECT vote, COUNT(*) AS votes FROM votes GROUP BY vote) v ON v.vote = t.vote
      WHERE COALESCE(t.votes, 0) <> COALESCE(v.votes, 0)`,
    lookedAt: "SELECT format('%s votes for %s options', COUNT(*), COUNT(DISTINCT vote)) AS looked_at FROM votes",
  },
  {
    name: "the ledger has as many ballots as were counted",
    offenders: `SELECT format('%s in the ledger, %s counted', l.n, c.n) AS offender
      FROM (SELECT COUNT(*) AS n FROM ballots) l, (SELECT COALESCE(SUM(counted), 0) AS n FROM positions) c WHERE l.n <> c.n`,
    lookedAt: "SELECT format('%s ballots', COUNT(*)) AS looked_at FROM ballots",
  },
  {
    name: "each standing ballot is in the ledger with the same voter",
    offenders: `SELECT format('voter %s, ballot %s: %s', v.id, v.ballot, COALESCE('the ledger has voter ' || b.voter, 'not in the ledger')) AS offender
      FROM votes v LEFT JOIN ballots b ON b.id = v.ballot
      WHERE v.ballot IS NOT NULL AND b.voter IS DISTINCT FROM v.id`,
    lookedAt: "SELECT format('%s standing ballots', COUNT(ballot)) AS looked_at FROM votes",
  },
  {
    name: "every voter of the ledger has a standing vote",
    offenders: `SELECT format('voter %s', voter) AS offender FROM (SELECT DISTINCT voter FROM ballots) b
      WHERE NOT EXISTS (SELECT FROM votes v WHERE v.id = b.voter)`,
    lookedAt: "SELECT format('%s voters', COUNT(DISTINCT voter)) AS looked_at FROM ballots",
  },
  {
    name: "of each voter's ballots the one that came last stands",
    offenders: `SELECT format('voter %s: ballot %s came later than %s', v.id, b.id, v.ballot) AS offender
      FROM votes v JOIN ballots b ON b.voter = v.id WHERE v.ballot IS NOT NULL AND b.rank > v.rank`,
    lookedAt: "SELECT format('%s ranked ballots', COUNT(rank)) AS looked_at FROM ballots",
  },
  {
    name: "every entry that was passed is counted, a repeat, put aside or discarded",
    offenders: `SELECT format('%s passed, %s accounted for', p.passed, p.found) AS offender FROM
      (SELECT COALESCE(SUM(passed + passed_from), 0) AS passed, COALESCE(SUM(counted + repeated + rejected + discarded), 0) AS found
        FROM positions) p WHERE p.passed <> p.found`,
    lookedAt: "SELECT format('%s entries', COALESCE(SUM(passed + passed_from), 0)) AS looked_at FROM positions",
  },
];

/**
 * Checks what must hold of the voting stack's tables whoever writes to them, all in one snapshot; the stack may be under load.
 * Changes nothing. Rejects when the database cannot be asked, or does not have the tables.
 */
export async function checkInvariants(pool: pg.Pool): Promise<readonly Invariant[]> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const invariants: Invariant[] = [];
    for (const claim of CLAIMS) invariants.push(await checkClaim(client, claim));
    await client.query("COMMIT");
    client.release();
    return invariants;
  } catch (error) {
    // The transaction is left in the middle: a connection that nobody should have again.
    client.release(true);
    throw error;
  }
}

/** One line. */
export function renderInvariant({ name, holds, detail }: Invariant): string {
  return `${holds ? "holds" : "FAILS"}  ${name}: ${detail}`;
}

async function checkClaim(client: pg.PoolClient, { name, offenders, lookedAt }: Claim): Promise<Invariant> {
  const { rows } = await client.query<{ offender: string; total: string }>(
    `SELECT offender, COUNT(*) OVER () AS total FROM (${offenders}) AS found ORDER BY offender LIMIT ${OFFENDERS_SHOWN}`,
  );
  if (rows.length === 0) {
    const looked = await client.query<{ looked_at: string }>(lookedAt);
    return { name, holds: true, detail: looked.rows[0]?.looked_at ?? "" };
  }
  const more = Number(rows[0]?.total) - rows.length;
  const shown = rows.map((row) => row.offender).join("; ");
  return { name, holds: false, detail: more > 0 ? `${shown}; and ${more} more` : shown };
}
