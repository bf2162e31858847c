import type { FullLoad } from "./full-load.js";
import type { Machine } from "./machine.js";
import type { SteadyLoad } from "./steady-load.js";
import type { StorageLimits } from "./storage-limits.js";
import type { TallyReads } from "./tally-reads.js";
import type { Target } from "./targets.js";
import type { Form } from "./wrk.js";

/** One run of the benchmark, as it is written to its file. */
export interface BenchReport {
  /** ISO 8601. */
  readonly at: string;
  readonly machine: Machine;
  readonly queue: "redis" | "postgres";
  /** Raw limits of this run; those of the accept rate are beside the loads. */
  readonly storage: StorageLimits;
  readonly full: Readonly<Record<Form, FullLoad>>;
  readonly steady: SteadyLoad;
  /** With the votes of the run, then with many more. */
  readonly tallies: readonly TallyReads[];
  readonly peakMemoryMb: Readonly<Record<string, number>> | null;
  readonly targets: readonly Target[];
}

/** The report as a person reads it. */
export function renderReport(report: BenchReport): string {
  const { machine, storage, full, steady, tallies } = report;
  const rate = (value: number | null): string => (value === null ? "not measured" : `${Math.round(value).toLocaleString("en")}/s`);
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}; queue in ${report.queue}`,
    "",
    "raw limits",
    `  bare node:http     form ${rate(full.form.barePerSecond)}, JSON ${rate(full.json.barePerSecond)}`,
    `  XADD with fsync    ${rate(storage.xaddPerSecond)}, 16 a round trip ${rate(storage.xaddPipelinedPerSecond)}`,
    `  upsert by 1,000    ${rate(storage.upsertsPerSecond)}`,
    "",
    "full load, 50 connections",
    ...(["form", "json"] as const).map((form) => {
      const { perSecond, persistedPerSecond, p50Ms, p99Ms, behindPercent, drainMs, errors } = full[form];
      return `  ${form.padEnd(5)} accepted ${rate(perSecond)}, persisted ${rate(persistedPerSecond)}, accept p50 ${p50Ms} p99 ${p99Ms} ms, behind ${behindPercent.toFixed(2)} %, drained in ${drainMs} ms, ${errors} errors`;
    }),
    "",
    `steady ${steady.perSecond} votes/s`,
    `  accept p50 ${steady.acceptMs.p50} p99 ${steady.acceptMs.p99} ms; persist p50 ${steady.persistMs.p50.toFixed(2)} p99 ${steady.persistMs.p99.toFixed(2)} ms; visible p50 ${steady.visibleMs.p50} p99 ${steady.visibleMs.p99} ms`,
    "",
    "reading the tallies",
    ...tallies.map(
      ({ rows, tallyMs, classicMs }) => `  ${rows.toLocaleString("en")} votes: ${tallyMs} ms (the classic query: ${classicMs} ms)`,
    ),
    "",
    "targets",
    ...report.targets.map(({ name, found, limit, meaning, unit, met }) =>
      `  ${met ? "met   " : "MISSED"} ${name}: ${found} ${unit} (${meaning} ${limit} ${unit})`.replace(/ +\)/, ")"),
    ),
  ];
  return `${lines.join("\n")}\n`;
}
