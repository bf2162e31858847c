import { drawHistogram, timeText } from "./draw-histogram.js";
import { drawLevels } from "./draw-levels.js";
import { histogramOf, LogAxis } from "./histogram.js";
import type { Percentiles } from "./percentiles.js";
import { lateLines, verdictOf } from "./render-stress.js";
import { REPORT_STYLE } from "./report-style.js";
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
