import { type Invariant, renderInvariant } from "./invariants.js";
import { MOST_UNDER_WAY } from "./load.js";
import type { Percentiles } from "./percentiles.js";
import { passed, type StressReport } from "./stress-report.js";

const NAMES_SHOWN = 20;

/** The report as a person reads it, under `title`. */
export function renderStress(report: StressReport, title: string): string {
  const { measured, missing, doubled, unacknowledged } = report;
  const lines = [
    title,
    "",
    row("accepted", report.accepted, `${text(report.votesPerSecond)} votes/s`),
    row("queued", report.queued, ""),
    row("persisted", report.persisted, `${text(report.persistedPerSecond)} votes/s to the last commit`),
    row("visible", report.visible, ""),
    row("phantom", report.phantom, ""),
    row("missing", missing.length, ""),
    "",
    `  ${"latency, ms".padEnd(12)} ${["p50", "p90", "p99", "max"].map((name) => name.padStart(10)).join("")}`,
    latencyRow("to accept", report.acceptLatencyMs, measured.accept),
    latencyRow("to persist", report.persistLatencyMs, measured.persist),
    latencyRow("to visible", report.visibleLatencyMs, measured.visible),
    `  (the ledger was looked at every ${ms(report.ledgerLookMs.p50)} ms, at worst after ${ms(report.ledgerLookMs.max)} ms)`,
    "",
    ...lateLines(report),
    ...Object.entries(report.refusals).map(([reason, count]) => `not accepted ${text(count)} × ${reason}`),
    ...named(missing.map(({ ballot, state }) => `missing ${ballot}: ${state}`)),
    ...named(doubled.map((ballot) => `doubled ${ballot}: acknowledged for more than one vote`)),
    ...named((unacknowledged ?? []).map((id) => `counted without being acknowledged ${id}`)),
    ...(report.viewerBreaks === 0 ? [] : [`the event stream broke ${report.viewerBreaks} times; the times to visible include that`]),
    ...tableLines(report.invariants ?? []),
    ...report.unchecked.map((sentence) => `not checked: ${sentence}`),
    ...report.sentences,
    verdictOf(report),
  ];
  return `${lines.join("\n")}\n`;
}

function tableLines(invariants: readonly Invariant[]): readonly string[] {
  const failing = invariants.filter(({ holds }) => !holds);
  const summary = `tables: ${invariants.length - failing.length} of ${invariants.length} invariants hold`;
  return invariants.length === 0 ? [] : [summary, ...failing.map(renderInvariant)];
}

/** One sentence. */
export function verdictOf(report: StressReport): string {
  if (passed(report)) return "exact: every accepted vote was queued, persisted and visible once";
  if (report.exact && report.interrupted) return "STOPPED: every vote that was accepted until then was queued, persisted and visible once";
  if (report.exact) return "FAILED: the levels agree, and the tables do not";
  if (report.accepted === 0) return "FAILED: no vote was accepted";
  const agree = [report.queued, report.persisted, report.visible].every((level) => level === report.accepted);
  return agree
    ? "FAILED: the levels agree, and the votes behind them are not the ones that were accepted"
    : "FAILED: the levels do not agree";
}

/** What an open load could not keep to. */
export function lateLines({ late }: StressReport): readonly string[] {
  if (late === null) return [];
  const held =
    late.held === 0
      ? `never more than ${MOST_UNDER_WAY} requests were under way`
      : `${text(late.held)} votes waited because ${MOST_UNDER_WAY} requests were under way`;
  return [`sent late by p50 ${ms(late.ms.p50)} p99 ${ms(late.ms.p99)} max ${ms(late.ms.max)} ms, which the latencies include; ${held}`];
}

function named(lines: readonly string[]): readonly string[] {
  const more = lines.length - NAMES_SHOWN;
  return more > 0 ? [...lines.slice(0, NAMES_SHOWN), `and ${text(more)} more (--json lists all)`] : lines;
}

function latencyRow(name: string, { p50, p90, p99, max }: Percentiles, measured: number): string {
  const cells = [p50, p90, p99, max].map((value) => (measured === 0 ? "-" : ms(value)).padStart(10));
  return `  ${name.padEnd(12)} ${cells.join("")}`;
}

const row = (name: string, count: number, note: string): string => `  ${name.padEnd(12)} ${text(count).padStart(10)}  ${note}`.trimEnd();

const text = (n: number): string => n.toLocaleString("en");

/** A latency as people write it: more digits for small ones. */
export const ms = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
