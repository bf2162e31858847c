import type { StressReport } from "./stress.js";

const MISSING_SHOWN = 20;

/** The report as a person reads it. */
export function renderStress(report: StressReport): string {
  const { acceptLatencyMs: latency } = report;
  const lines = [
    `${report.votes} votes, ${report.parallel} at a time`,
    "",
    row(
      "accepted",
      report.accepted,
      `${report.votesPerSecond} votes/s, p50 ${latency.p50} p90 ${latency.p90} p99 ${latency.p99} max ${latency.max} ms`,
    ),
    row("queued", report.queued, ""),
    row("persisted", report.persisted, `${report.persistedPerSecond} votes/s to the last commit`),
    row("visible", report.visible, ""),
    row("phantom", report.phantom, ""),
    row("missing", report.missing.length, ""),
    "",
    ...Object.entries(report.refusals).map(([reason, count]) => `refused ${count}: ${reason}`),
    ...report.missing.slice(0, MISSING_SHOWN).map(({ ballot, state }) => `missing ${ballot}: ${state}`),
    ...(report.missing.length > MISSING_SHOWN ? [`and ${report.missing.length - MISSING_SHOWN} more (--json lists all)`] : []),
    verdict(report),
  ];
  return `${lines.join("\n")}\n`;
}

const row = (name: string, count: number, note: string): string => `  ${name.padEnd(10)} ${String(count).padStart(9)}  ${note}`.trimEnd();

function verdict(report: StressReport): string {
  if (report.exact) return "exact: every accepted vote was queued, persisted and visible once";
  if (report.accepted === 0) return "FAILED: no vote was accepted";
  return "FAILED: the levels do not agree";
}
