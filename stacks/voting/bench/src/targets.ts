import type { BenchReport } from "./bench-report.js";

/** What the stack is meant to reach, and what it reached. Ratios to a raw limit of the same run, since absolute figures drift. */
export interface Target {
  readonly name: string;
  readonly found: number;
  readonly limit: number;
  readonly meaning: "at least" | "at most";
  readonly unit: string;
  readonly met: boolean;
}

export function targetsOf(report: Omit<BenchReport, "targets">): readonly Target[] {
  const { full, steady, tallies, peakMemoryMb } = report;
  const slowestForm = Math.max(full.form.p99Ms, full.json.p99Ms);
  return [
    atLeast("form votes accepted, of a bare server's rate", full.form.perSecond / full.form.barePerSecond, 0.3, ""),
    atLeast("JSON votes accepted, of a bare server's rate", full.json.perSecond / full.json.barePerSecond, 0.4, ""),
    atMost("not persisted when the load ends", Math.max(full.form.behindPercent, full.json.behindPercent), 3, "%"),
    atMost("to persist the rest", Math.max(full.form.drainMs, full.json.drainMs), 1_000, "ms"),
    atMost("accept p99 at full load", slowestForm, 15, "ms"),
    atMost("accept to persist p50 at 2,000 votes/s", steady.persistMs.p50, 5, "ms"),
    atMost("accept to persist p99 at 2,000 votes/s", steady.persistMs.p99, 15, "ms"),
    atMost("accept to visible p99 at 2,000 votes/s", steady.visibleMs.p99, 300, "ms"),
    atMost(`reading the tallies of ${tallies.at(-1)?.rows.toLocaleString("en")} votes`, tallies.at(-1)?.tallyMs ?? Number.NaN, 2, "ms"),
    ...Object.entries(peakMemoryMb ?? {}).map(([name, mb]) => atMost(`resident memory of ${name}`, mb, 150, "MB")),
  ];
}

const atLeast = (name: string, found: number, limit: number, unit: string): Target => ({
  name,
  found: round(found),
  limit,
  meaning: "at least",
  unit,
  met: found >= limit,
});

const atMost = (name: string, found: number, limit: number, unit: string): Target => ({
  name,
  found: round(found),
  limit,
  meaning: "at most",
  unit,
  met: found <= limit,
});

const round = (value: number): number => Math.round(value * 1_000) / 1_000;
