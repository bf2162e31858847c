import type { Percentiles } from "./percentiles.js";
import { drawLevels } from "./render-live.js";
import { lateLines, ms, verdictOf } from "./render-stress.js";
import type { StackUrls } from "./stack-client.js";
import { passed, type StressReport, type StressRun } from "./stress-report.js";

const NAMES_SHOWN = 200;

export interface ReportPage extends StressRun {
  /** The load, for people. */
  readonly title: string;
  /** What was typed. */
  readonly command: string;
  readonly places: StackUrls;
  readonly at: Date;
}

const MARKS = ["p50", "p90", "p99", "max"] as const;

/** Latencies from `fromMs` to below `toMs`. */
interface Bucket {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

const BUCKETS_A_DECADE = 10;

/** Below it everything is in the first bucket. */
const LEAST_MS = 0.1;

/** The look of the report: light and dark, from a phone's width up. */
const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f5f1; --card: #ffffff; --ink: #1d1d1f; --soft: #5c5c63; --line: #dcdad2;
  --good: #14692f; --good-paper: #e3f2e6; --bad: #a3231b; --bad-paper: #fbe7e4;
  --bar: #5a87c9; --accepted: #2862b8; --queued: #b06c00; --persisted: #17804f; --visible: #a3368a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181b; --card: #222429; --ink: #f0f0f2; --soft: #a9aab2; --line: #3d4048;
    --good: #86d79c; --good-paper: #1d3324; --bad: #ff9d94; --bad-paper: #45211e;
    --bar: #5f8fd6; --accepted: #7fb0ff; --queued: #f0b350; --persisted: #5fd39a; --visible: #ee93d8;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: clamp(1rem, 4vw, 2.5rem); background: var(--paper); color: var(--ink); font: 1rem / 1.5 system-ui, sans-serif; }
main { width: min(56rem, 100%); margin: 0 auto; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
section, header { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: clamp(0.9rem, 3vw, 1.5rem); }
header { border-width: 0 0 0 0.5rem; }
header.good { background: var(--good-paper); border-color: var(--good); }
header.bad { background: var(--bad-paper); border-color: var(--bad); }
h1 { margin: 0; font-size: clamp(1.5rem, 6vw, 2.25rem); line-height: 1.2; }
.good h1, .good.sign, .holds b { color: var(--good); }
.bad h1, .bad.sign, .fails b { color: var(--bad); }
header p { margin: 0.35rem 0 0; }
h2 { margin: 0 0 0.75rem; font-size: 1.05rem; }
h3 { margin: 1.1rem 0 0.25rem; font-size: 0.95rem; font-weight: 600; }
.soft, figcaption { color: var(--soft); font-size: 0.875rem; }
.flow { display: flex; align-items: center; gap: 0.5rem; margin: 0; padding: 0; list-style: none; }
.flow .level { flex: 1; min-width: 0; border-top: 0.3rem solid var(--own); padding-top: 0.4rem; }
.flow b { display: block; font-size: clamp(1.15rem, 4.6vw, 1.9rem); line-height: 1.2; font-variant-numeric: tabular-nums; }
.flow span { display: block; color: var(--soft); font-size: 0.8125rem; overflow-wrap: anywhere; }
.sign { font-size: 1.4rem; font-weight: 700; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.5rem, 1fr)); gap: 0.75rem; margin: 1.25rem 0 0; }
.facts div { display: flex; flex-direction: column-reverse; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.facts dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums; }
.facts .wrong dd { color: var(--bad); font-weight: 700; }
.plot { font-size: 0.8125rem; margin-bottom: 0.75rem; }
.area { position: relative; border-bottom: 1px solid var(--soft); }
.histogram .area { padding-top: 4.9em; }
.area svg { display: block; width: 100%; height: 5.5rem; overflow: visible; }
.levels .area svg { height: 14rem; }
svg rect { fill: var(--bar); }
svg line { stroke: var(--line); vector-effect: non-scaling-stroke; }
svg path { fill: none; stroke: var(--own); stroke-width: 2; vector-effect: non-scaling-stroke; }
svg path.queued { stroke-dasharray: 5 4; }
.accepted { --own: var(--accepted); } .queued { --own: var(--queued); } .persisted { --own: var(--persisted); } .visible { --own: var(--visible); }
.mark { position: absolute; bottom: 0; width: 0; border-left: 1.5px solid var(--ink); }
.mark span { position: absolute; top: 0; line-height: 1.15; white-space: nowrap; color: var(--soft); }
.mark b { color: var(--ink); font-variant-numeric: tabular-nums; }
.mark span { left: 0.35em; }
.ticks { position: relative; height: 1.6em; color: var(--soft); }
.ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; padding-top: 0.2em; }
.ticks span:first-child { transform: none; }
.levels { padding-right: 1.25rem; }
/* Room for the labels right of their marks: there no other mark crosses them. */
.histogram { padding-right: 6.5em; }
.height { position: absolute; left: 0.35em; color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.875rem; margin-bottom: 0.5rem; }
.legend i { display: inline-block; width: 1.25em; border-top: 3px solid var(--own); vertical-align: 0.25em; margin-right: 0.4em; }
.legend .queued i { border-top-style: dashed; }
ul { margin: 0; padding-left: 1.25rem; }
ul.plain { list-style: none; padding: 0; display: grid; gap: 0.4rem; }
code { font-size: 0.875rem; overflow-wrap: anywhere; }
@media (max-width: 34rem) {
  .flow { flex-direction: column; align-items: stretch; }
  .flow .level { display: flex; flex-direction: row-reverse; justify-content: space-between; align-items: baseline; border-top: 0; border-left: 0.3rem solid var(--own); padding: 0 0 0 0.6rem; }
  .sign { line-height: 1; }
}
`;

/** A run as one HTML page that needs nothing else: no script, nothing from elsewhere. */
export function renderReport({ report, traces, title, command, places, at }: ReportPage): string {
  const isGood = passed(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${isGood ? "Exact" : "Not exact"}: ${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header class="${isGood ? "good" : "bad"}">
<h1>${headline(report)}</h1>
<p>${escapeHtml(sentence(verdictOf(report)))}</p>
${report.sentences.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n")}
<p class="soft">${escapeHtml(title)} · ${at.toISOString().slice(0, 19).replace("T", " ")} UTC</p>
</header>
${levelsSection(report)}
${latencySection(report, traces)}
<section>
<h2>Levels over time</h2>
${drawLevels(traces.levels)}
</section>
${troubleSection(report)}
${tablesSection(report)}
<section>
<h2>How this was made</h2>
<p><code>${escapeHtml(command)}</code></p>
<p class="soft">vote ${escapeHtml(places.vote)}, result ${escapeHtml(places.result)}.
Latencies count from when a vote was ${report.rate === null ? "sent" : "due to be sent"}.
To persist and to visible: the n-th vote has arrived when the level has gained n. The ledger was looked at every ${timeText(report.ledgerLookMs.p50)}
(at worst after ${timeText(report.ledgerLookMs.max)}), the result page by its event stream.
${lateLines(report)
  .map((line) => escapeHtml(`${sentence(line)}`))
  .join(" ")}</p>
</section>
</main>
</body>
</html>
`;
}

function headline(report: StressReport): string {
  if (passed(report)) return `✓ ${count(report.accepted)} votes, each counted once`;
  return report.interrupted && report.exact ? `Stopped after ${count(report.sent)} votes` : "✗ Not exact";
}

function levelsSection(report: StressReport): string {
  const tiles = (["accepted", "queued", "persisted", "visible"] as const).map((level) => {
    const isEqual = report[level] === report.accepted;
    const sign = level === "accepted" ? "" : `<li class="sign ${isEqual ? "good" : "bad"}">${isEqual ? "=" : "≠"}</li>`;
    return `${sign}<li class="level ${level}"><b>${count(report[level])}</b><span>${level}</span></li>`;
  });
  const mustBeNone = { phantom: report.phantom, missing: report.missing.length, doubled: report.doubled.length };
  const facts = [
    ...Object.entries(mustBeNone).map(([name, n]) => fact(name, count(n), n > 0)),
    fact("refused", count(report.refused), false),
    fact("unanswered", count(report.unanswered), false),
    fact("accepted / s", count(report.votesPerSecond), false),
    fact("persisted / s", count(report.persistedPerSecond), false),
  ];
  return `<section>
<h2>Did every vote arrive?</h2>
<ul class="flow">${tiles.join("")}</ul>
<dl class="facts">${facts.join("")}</dl>
</section>`;
}

function fact(name: string, value: string, isWrong: boolean): string {
  return `<div${isWrong ? ' class="wrong"' : ""}><dt>${name}</dt><dd>${value}</dd></div>`;
}

function latencySection(report: StressReport, traces: StressRun["traces"]): string {
  const all = [
    { name: "to accept", says: "until the answer", values: traces.acceptMs, percentiles: report.acceptLatencyMs },
    { name: "to persist", says: "until it was seen in PostgreSQL", values: traces.persistMs, percentiles: report.persistLatencyMs },
    {
      name: "to visible",
      says: "until a viewer of the result page saw it",
      values: traces.visibleMs,
      percentiles: report.visibleLatencyMs,
    },
  ].map((latency) => ({ ...latency, buckets: histogramOf(latency.values) }));
  const axis = new LogAxis(all.flatMap(({ buckets }) => buckets));
  const plots = all.map(
    ({ name, says, values, buckets, percentiles }) =>
      `<h3>${name} <span class="soft">${says}, ${count(values.length)} votes</span></h3>\n${plotOf(name, buckets, percentiles, axis)}`,
  );
  return `<section>
<h2>How long did it take?</h2>
${plots.join("\n")}
</section>`;
}

function plotOf(name: string, buckets: ReturnType<typeof histogramOf>, percentiles: Percentiles, axis: LogAxis): string {
  return buckets.length === 0 ? '<p class="soft">No vote got there.</p>' : drawHistogram(name, buckets, percentiles, axis);
}

function troubleSection(report: StressReport): string {
  const refusals = Object.entries(report.refusals).map(([reason, n]) => `${count(n)} × ${reason}`);
  const lists = [
    list("Not accepted", refusals),
    list(
      "Accepted and not counted",
      report.missing.map(({ ballot, state }) => `${ballot}: ${state}`),
    ),
    list("Acknowledged for more than one vote", report.doubled),
    list("Counted without being acknowledged", report.unacknowledged ?? []),
  ].filter((text) => text !== "");
  return lists.length === 0 ? "" : `<section>\n<h2>By name</h2>\n${lists.join("\n")}\n</section>`;
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const more = items.length - NAMES_SHOWN;
  const rows = [...items.slice(0, NAMES_SHOWN), ...(more > 0 ? [`and ${count(more)} more`] : [])];
  return `<h3>${title} (${count(items.length)})</h3>\n<ul>${rows.map((item) => `<li><code>${escapeHtml(item)}</code></li>`).join("")}</ul>`;
}

function tablesSection(report: StressReport): string {
  const rows = [
    ...(report.invariants ?? []).map(
      ({ name, holds, detail }) =>
        `<li class="${holds ? "holds" : "fails"}"><b>${holds ? "✓" : "✗"}</b> ${escapeHtml(name)} <span class="soft">${escapeHtml(detail)}</span></li>`,
    ),
    ...report.unchecked.map((text) => `<li class="soft">Not checked: ${escapeHtml(text)}</li>`),
  ];
  return rows.length === 0 ? "" : `<section>\n<h2>The tables</h2>\n<ul class="plain">${rows.join("")}</ul>\n</section>`;
}

const count = (n: number): string => n.toLocaleString("en");

/** With a capital and a full stop. */
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] as string);

/**
 * A histogram as HTML: bars in an SVG that takes the width there is, labels beside it in the size of the text.
 *
 * @param what What was measured, for those who cannot see it.
 */
function drawHistogram(what: string, buckets: readonly Bucket[], percentiles: Percentiles, axis: LogAxis): string {
  const highest = Math.max(1, ...buckets.map(({ count }) => count));
  const bars = buckets
    .filter(({ count }) => count > 0)
    .map(({ fromMs, toMs, count }) => {
      const left = axis.at(fromMs);
      const height = Math.max(1.5, (100 * count) / highest);
      const title = `${ms(fromMs)} to ${ms(toMs)} ms: ${count.toLocaleString("en")}`;
      return `<rect x="${fixed(left)}" y="${fixed(100 - height)}" width="${fixed((axis.at(toMs) - left) * 0.92)}" height="${fixed(height)}"><title>${title}</title></rect>`;
    });
  const marks = MARKS.map((name, row) => {
    return `<div class="mark" style="left:${fixed(axis.at(percentiles[name]))}%;top:${row * 1.15}em"><span>${name} <b>${timeText(percentiles[name])}</b></span></div>`;
  });
  const ticks = axis.ticksMs.map((tick) => `<span style="left:${fixed(axis.at(tick))}%">${timeText(tick)}</span>`);
  const label = `${what}: ${MARKS.map((name) => `${name} ${timeText(percentiles[name])}`).join(", ")}`;
  return `<div class="plot histogram" role="img" aria-label="${label}">
<div class="area"><svg viewBox="0 0 100 100" preserveAspectRatio="none">${gridOf(axis)}${bars.join("")}</svg>${marks.join("")}</div>
<div class="ticks">${ticks.join("")}</div>
</div>`;
}

function gridOf(axis: LogAxis): string {
  return axis.ticksMs.map((tick) => `<line x1="${fixed(axis.at(tick))}" x2="${fixed(axis.at(tick))}" y1="0" y2="100"/>`).join("");
}

/** "4.2 ms", "1.5 s". */
function timeText(valueMs: number): string {
  return valueMs < 1_000 ? `${ms(valueMs)} ms` : `${(valueMs / 1_000).toLocaleString("en", { maximumFractionDigits: 2 })} s`;
}

const fixed = (value: number): string => String(Math.round(value * 100) / 100);

/** How often latencies of each size came: buckets of the same width on a logarithmic scale, ten for each power of ten, without a gap. */
export function histogramOf(values: readonly number[]): readonly Bucket[] {
  const counts = new Map<number, number>();
  for (const value of values) {
    const index = Math.floor(BUCKETS_A_DECADE * Math.log10(Math.max(value, LEAST_MS)));
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const first = Math.min(...counts.keys());
  const last = Math.max(...counts.keys());
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const index = first + offset;
    return { fromMs: edge(index), toMs: edge(index + 1), count: counts.get(index) ?? 0 };
  });
}

const edge = (index: number): number => 10 ** (index / BUCKETS_A_DECADE);

/** A logarithmic axis over whole powers of ten. */
export class LogAxis {
  readonly #low: number;
  readonly #high: number;

  /** @param buckets All that is to be shown on it. */
  constructor(buckets: readonly Bucket[]) {
    this.#low = Math.floor(Math.min(0, ...buckets.map(({ fromMs }) => Math.log10(fromMs) + 1e-9)));
    this.#high = Math.ceil(Math.max(this.#low + 1, ...buckets.map(({ toMs }) => Math.log10(toMs) - 1e-9)));
  }

  /** The place of a latency, in % of the axis. */
  at(valueMs: number): number {
    const share = (Math.log10(Math.max(valueMs, LEAST_MS)) - this.#low) / (this.#high - this.#low);
    return 100 * Math.min(1, Math.max(0, share));
  }

  /** The powers of ten. */
  get ticksMs(): readonly number[] {
    return Array.from({ length: this.#high - this.#low + 1 }, (_, index) => 10 ** (this.#low + index));
  }
}
