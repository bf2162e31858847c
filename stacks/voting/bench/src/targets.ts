import type { BenchReport, Target } from "./bench-report.js";
import type { Overload } from "./overload/measure-overload.js";
import { ratiosToBare, type ViewersLoad } from "./viewers/viewers-load.js";

/** What of the targets can be told of this run. */
export function targetsOf(report: Omit<BenchReport, "targets">): readonly Target[] {
  const { full, steady, overload, viewers, tallies, peakMemoryMb } = report;
  return [
    ...(full === null ? [] : fullTargets(full)),
    ...(steady === null ? [] : steadyTargets(steady)),
    ...(overload === null ? [] : overloadTargets(overload)),
    ...(viewers ?? []).flatMap(viewersTargets),
    ...(tallies ?? [])
      .slice(-1)
      .map(({ rows, tallyMs }) => atMost(`reading the tallies of ${rows.toLocaleString("en")} votes`, tallyMs, 2, "ms")),
    ...Object.entries(peakMemoryMb ?? {}).map(([name, mb]) => atMost(`resident memory of ${name}`, mb, 150, "MB")),
  ];
}

const fullTargets = ({ form, json }: NonNullable<BenchReport["full"]>): readonly Target[] => [
  atLeast("form votes accepted, of a bare server's rate", form.perSecond / form.barePerSecond, 0.3, ""),
  atLeast("JSON votes accepted, of a bare server's rate", json.perSecond / json.barePerSecond, 0.4, ""),
  atMost("not persisted when the load ends", Math.max(form.behindPercent, json.behindPercent), 3, "%"),
  atMost("to persist the rest", Math.max(form.drainMs, json.drainMs), 1_000, "ms"),
  atMost("accept p99 at full load", Math.max(form.p99Ms, json.p99Ms), 15, "ms"),
];

const steadyTargets = ({ persistMs, visibleMs }: NonNullable<BenchReport["steady"]>): readonly Target[] => [
  atMost("accept to persist p50 at 2,000 votes/s", persistMs.p50, 5, "ms"),
  atMost("accept to persist p99 at 2,000 votes/s", persistMs.p99, 15, "ms"),
  atMost("accept to visible p99 at 2,000 votes/s", visibleMs.p99, 300, "ms"),
];

const overloadTargets = (load: Overload): readonly Target[] => [
  atLeast("accepted at five times the capacity, of the capacity", load.acceptedPerSecond / load.capacityPerSecond, 0.8, ""),
  atMost("accept p99 at five times the capacity", load.acceptedMs.p99, 1_000, "ms"),
  atMost("refuse p99 at five times the capacity", load.refusedMs.p99, 250, "ms"),
  atMost("refused without Retry-After", load.refusedWithoutRetryAfter, 0, ""),
  atMost("neither accepted nor refused", load.failed, 0, ""),
];

/** The bare server is as quick as one process can be; the service beside it also reads the tallies and answers others. */
function viewersTargets(load: ViewersLoad): readonly Target[] {
  const viewers = `${load.viewers.toLocaleString("en")} viewers`;
  const { p99, cpu } = ratiosToBare(load);
  return [
    atMost(`push p99 to ${viewers}, of a bare server's`, p99, 1.5, ""),
    ...(cpu === null ? [] : [atMost(`CPU for each event to ${viewers}, of a bare server's`, cpu, 1.5, "")]),
    atMost(`streams lost of ${viewers}`, load.service.lost, 0, ""),
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
