import type { Cause, ReachDiff, ReachWarning } from "@groundplan/model";
import { renderTable } from "../output/render-table.js";
import { type ReachReport, refusalSentence } from "./reach-report.js";

/** Who reaches whom as a table, then what was asked for and is refused, in sentences. */
export function renderReport({ reaches, refused, sameHost }: ReachReport): string {
  const hasWays = reaches.some(({ via }) => via.length > 0);
  const titles = ["from", ...(hasWays ? ["via"] : []), "to", "port", "protocol", "because of"];
  const rows = reaches.map(({ from, via, to, port, protocol, causes }) => [
    from,
    ...(hasWays ? [via.join(", ")] : []),
    to,
    String(port),
    protocol,
    causesText(causes),
  ]);
  const sentences = [
    ...(sameHost === null ? [] : [`both are on host ${sameHost}: what stays on a host needs no rule and is let through`]),
    ...refused.map(refusalSentence),
  ];
  const blocks = [...(rows.length === 0 ? [] : [renderTable(titles, rows)]), ...(sentences.length === 0 ? [] : [sentences.join("\n")])];
  return blocks.length === 0 ? "nobody reaches anything that fits the question" : blocks.join("\n\n");
}

/** What opens and what closes, as a table. */
export function renderDiff({ opens, closes, stays }: ReachDiff): string {
  const rows = [
    ...opens.map((reach) => ({ ...reach, change: "opens", why: causesText(reach.causes) })),
    ...closes.map((reach) => ({ ...reach, change: "closes", why: causesText(reach.causes) })),
    ...stays.map((reach) => ({
      ...reach,
      change: "stays",
      why: `${causesText(reach.causes)} (before: ${causesText(reach.causesBefore)})`,
    })),
  ];
  if (rows.length === 0) return "no connection opens or closes";
  const cells = rows.map(({ change, from, to, port, protocol, why }) => [change, from, to, String(port), protocol, why]);
  return renderTable(["change", "from", "to", "port", "protocol", "because of"], cells);
}

export function renderWarning({ code, message, fix }: ReachWarning): string {
  return `warning: ${code} ${message}\n  fix: ${fix}`;
}

function causesText(causes: readonly Cause[]): string {
  return causes.map(({ text }) => text).join("; ");
}
