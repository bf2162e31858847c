import { type Invariant, renderInvariant } from "./invariants.js";
import type { LedgerDatabase } from "./ledger-database.js";
import { type Levels, readLevels, readPersisted } from "./levels.js";
import type { StackClient } from "./stack-client.js";

/** What an audit found; `--json` prints it as it is. */
export interface AuditReport extends Levels {
  /** `null`: the database is not known. */
  readonly invariants: readonly Invariant[] | null;
  /** What an operator has accepted; `null`: the database is not known. */
  readonly acceptedGaps?: { readonly missing: number; readonly discarded: number } | null;
  /** What could not be checked, and why. */
  readonly unchecked: readonly string[];
  /** All that was checked is as it must be. */
  readonly sound: boolean;
}

/**
 * The levels of a running stack, what must hold of its tables, and whether the levels agree. Changes nothing.
 *
 * @param voterKey The key that receipts are sealed with; `null`: not known.
 * @throws Failure (rejects) when something cannot be read.
 */
export async function audit(
  client: StackClient,
  database: LedgerDatabase | { readonly unknown: string },
  voterKey: string | null = null,
): Promise<AuditReport> {
  const levels = await readLevels(client);
  if ("unknown" in database)
    return { ...levels, invariants: null, acceptedGaps: null, unchecked: [database.unknown], sound: levels.held === 0 };
  const invariants = [...(await database.check(() => readPersisted(client)))];
  const unchecked: string[] =
    voterKey === null ? ["receipts, since the key that seals them is not known: give it with the variable VOTER_KEY"] : [];
  let acceptedGaps = null;
  // Tables that are another stack's, or none of a stack's, have been told by now.
  if (invariants[0]?.holds) {
    acceptedGaps = await database.accepted();
    const areTablesWhole = invariants.every(({ holds }) => holds);
    if (!areTablesWhole) unchecked.push("whether the levels agree, since the tables themselves do not");
    else if (levels.held === 0) invariants.push(...(await database.compare(client, voterKey)));
    else unchecked.push("whether the levels agree, since ballots are still being counted");
  }
  return { ...levels, invariants, acceptedGaps, unchecked, sound: levels.held === 0 && invariants.every(({ holds }) => holds) };
}

/** The report as a person reads it. */
export function renderAudit(report: AuditReport): string {
  const levels = (["accepted", "queued", "held", "persisted", "visible"] as const).map(
    (level) => `${level.padEnd(10)} ${report[level].toLocaleString("en").padStart(11)}`,
  );
  const invariants = (report.invariants ?? []).map(renderInvariant);
  const lines = [
    ...levels,
    "",
    ...invariants,
    ...report.unchecked.map((sentence) => `not checked: ${sentence}`),
    ...(report.held > 0 ? [`${report.held.toLocaleString("en")} ballots are not counted yet`] : []),
    ...gapLines(report),
    verdictOf(report),
  ];
  return `${lines.join("\n")}\n`;
}

function gapLines({ acceptedGaps }: AuditReport): readonly string[] {
  if (!acceptedGaps || acceptedGaps.missing + acceptedGaps.discarded === 0) return [];
  const { missing, discarded } = acceptedGaps;
  return [`an operator accepted that ${missing.toLocaleString("en")} ballots are missing, and discarded ${discarded.toLocaleString("en")}`];
}

function verdictOf({ sound, invariants }: AuditReport): string {
  if (!sound) return "FAILED";
  return invariants === null
    ? "sound, as far as it was checked: the queue is drained"
    : "sound: the queue is drained, and all invariants hold";
}
