import { type Invariant, renderInvariant } from "./invariants.js";
import type { LedgerDatabase } from "./ledger-database.js";
import { type Levels, readLevels, readPersisted } from "./levels.js";
import type { StackClient } from "./stack-client.js";

/** What an audit found; `--json` prints it as it is. */
export interface AuditReport extends Levels {
  /** `null`: the database is not known. */
  readonly invariants: readonly Invariant[] | null;
  /** What could not be checked, and why. */
  readonly unchecked: readonly string[];
  /** All that was checked is as it must be. */
  readonly sound: boolean;
}

/**
 * The levels of a running stack, and what must hold of its tables. Changes nothing.
 *
 * @throws Failure (rejects) when something cannot be read.
 */
export async function audit(client: StackClient, database: LedgerDatabase | { readonly unknown: string }): Promise<AuditReport> {
  const levels = await readLevels(client);
  const invariants = "unknown" in database ? null : await database.check(() => readPersisted(client));
  const unchecked = "unknown" in database ? [database.unknown] : [];
  return { ...levels, invariants, unchecked, sound: levels.held === 0 && (invariants ?? []).every(({ holds }) => holds) };
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
    verdictOf(report),
  ];
  return `${lines.join("\n")}\n`;
}

function verdictOf({ sound, invariants }: AuditReport): string {
  if (!sound) return "FAILED";
  return invariants === null
    ? "sound, as far as it was checked: the queue is drained"
    : "sound: the queue is drained, and all invariants hold";
}
