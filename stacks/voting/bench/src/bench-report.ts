import type { Percentiles } from "@voting/stress";
import type { FullLoad } from "./full-load.js";
import type { Machine } from "./machine.js";
import { type Overload, renderOverload } from "./overload/measure-overload.js";
import type { SteadyLoad } from "./steady-load.js";
import type { StorageLimits } from "./storage-limits.js";
import type { TallyReads } from "./tally-reads.js";
import { cpuPerEventUs, type ViewersLoad, type ViewersRun } from "./viewers/viewers-load.js";
import type { Form } from "./wrk.js";

/** What the stack is meant to reach, and what it reached. Ratios to a raw limit of the same run, since absolute figures drift. */
export interface Target {
  readonly name: string;
  readonly found: number;
  readonly limit: number;
  readonly meaning: "at least" | "at most";
  readonly unit: string;
  readonly met: boolean;
}

/** One run of the benchmark, as it is written to its file. What was not wanted is `null`. */
export interface BenchReport {
  /** ISO 8601. */
  readonly at: string;
  readonly machine: Machine;
  readonly queue: "redis" | "postgres";
  readonly storage: StorageLimits | null;
  readonly steady: SteadyLoad | null;
  readonly full: Readonly<Record<Form, FullLoad>> | null;
  readonly overload: Overload | null;
  readonly viewers: readonly ViewersLoad[] | null;
  /** With the votes of the run, then with many more. */
  readonly tallies: readonly TallyReads[] | null;
  /** After the full loads. */
  readonly peakMemoryMb: Readonly<Record<string, number>> | null;
  readonly targets: readonly Target[];
}

/** The report as a person reads it. */
export function renderReport({ machine, queue, storage, steady, full, overload, viewers, tallies, targets }: BenchReport): string {
  const sections = [
    [`${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}; queue in ${queue}`],
    storage === null ? [] : renderStorage(storage),
    steady === null ? [] : renderSteady(steady),
    full === null ? [] : renderFull(full),
    overload === null ? [] : renderOverload(overload),
    ...(viewers ?? []).map(renderViewers),
    tallies === null ? [] : renderTallies(tallies),
    ["targets", ...targets.map(renderTarget)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

const renderStorage = ({ xaddPerSecond, xaddPipelinedPerSecond, upsertsPerSecond }: StorageLimits): readonly string[] => [
  "raw limits of the storage",
  `  XADD with fsync    ${rate(xaddPerSecond)}, 16 a round trip ${rate(xaddPipelinedPerSecond)}`,
  `  upsert by 1,000    ${rate(upsertsPerSecond)}`,
];

const renderSteady = ({ perSecond, acceptMs, persistMs, visibleMs }: SteadyLoad): readonly string[] => [
  `steady ${perSecond} votes/s`,
  `  accept p50 ${acceptMs.p50} p99 ${acceptMs.p99} ms; persist p50 ${persistMs.p50.toFixed(2)} p99 ${persistMs.p99.toFixed(2)} ms; visible p50 ${visibleMs.p50} p99 ${visibleMs.p99} ms`,
];

const renderFull = (full: Readonly<Record<Form, FullLoad>>): readonly string[] => [
  "full load, 50 connections",
  ...(["form", "json"] as const).map((form) => {
    const { perSecond, barePerSecond, persistedPerSecond, p50Ms, p99Ms, behindPercent, drainMs, errors } = full[form];
    return `  ${form.padEnd(5)} accepted ${rate(perSecond)} (bare node:http ${rate(barePerSecond)}), persisted ${rate(persistedPerSecond)}, accept p50 ${p50Ms} p99 ${p99Ms} ms, behind ${behindPercent.toFixed(2)} %, drained in ${drainMs} ms, ${errors} errors`;
  }),
];

const renderTallies = (tallies: readonly TallyReads[]): readonly string[] => [
  "reading the tallies",
  ...tallies.map(
    ({ rows, tallyMs, classicMs }) => `  ${rows.toLocaleString("en")} votes: ${tallyMs} ms (the classic query: ${classicMs} ms)`,
  ),
];

const renderTarget = ({ name, found, limit, meaning, unit, met }: Target): string =>
  `  ${met ? "met   " : "MISSED"} ${name}: ${found} ${unit} (${meaning} ${limit} ${unit})`.replace(/ +\)/, ")");

const rate = (value: number | null): string => (value === null ? "not measured" : `${Math.round(value).toLocaleString("en")}/s`);

/** The load as a person reads it. */
function renderViewers({ viewers, votesPerSecond, bareAlone, bare, service }: ViewersLoad): readonly string[] {
  const votes = `${votesPerSecond.toLocaleString("en")} votes/s`;
  return [
    `${viewers.toLocaleString("en")} viewers`,
    ...renderRun("bare server, nothing else", bareAlone, "bare server", viewers),
    ...renderRun(`bare server, ${votes}, before`, bare[0], "bare server", viewers),
    ...renderRun(`result service, ${votes}`, service, "result", viewers),
    `    vote due to seen ${times(service.seenMs)}; to accepted ${times(service.acceptMs)}; ${service.lost} streams lost`,
    ...Object.entries(service.probes).map(([path, answerMs]) => `    ${path} ${times(answerMs)}`),
    ...renderRun(`bare server, ${votes}, after`, bare[1], "bare server", viewers),
  ];
}

function renderRun(name: string, run: ViewersRun, server: string, viewers: number): readonly string[] {
  const title = `  ${name}: ${run.pushesPerSecond.toFixed(1)} pushes/s, ${times(run.pushMs)}`;
  if (run.cpu === null) return [title];
  const shares = Object.entries(run.cpu).map(([process, share]) => `${process} ${share.toFixed(2)}`);
  return [`${title}, ${cpuPerEventUs(run, server, viewers)?.toFixed(1)} µs CPU for each event`, `    of a core: ${shares.join(", ")}`];
}

const times = ({ p50, p99, max }: Percentiles): string => `p50 ${p50} p99 ${p99} max ${max} ms`;
