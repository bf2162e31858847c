import type { Progress } from "./progress.js";
import type { Step } from "./series.js";
import type { StressTraces } from "./stress-report.js";

const NARROWEST_BAR = 10;

const WIDEST_BAR = 40;

const NAME_WIDTH = 10;

const LEVELS = ["accepted", "queued", "persisted", "visible"] as const;

/** Points of a line: more than a screen can tell apart only make the file larger. */
const MOST_POINTS = 300;

const TICKS = 5;

/** The picture of a run in the middle, as lines of at most `width` columns. */
export function renderLive(progress: Progress, width: number): readonly string[] {
  const { phase, done, total, accepted, queued, persisted, visible, errors } = progress;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const after = ` ${percent(share).padStart(4)}  ${text(done)} of ${text(total)}`;
  const bar = barOf(share, Math.max(NARROWEST_BAR, Math.min(WIDEST_BAR, width - NAME_WIDTH - 1 - after.length)));
  const first = `${phase.padEnd(NAME_WIDTH)} ${bar}${after}`;
  if (phase === "draining") return [first].map((line) => line.slice(0, width));
  const rows = [
    first,
    row("accepted", accepted, `${text(progress.votesPerSecond)} votes/s`),
    row("queued", queued, ""),
    row("persisted", persisted, `lag ${text(lagOf(progress))}`),
    row("visible", visible, ""),
    row("errors", errors, ""),
  ];
  return rows.map((line) => line.slice(0, width));
}

/** The same as one line, for a log. */
export function renderLine(progress: Progress): string {
  const { phase, done, total, accepted, queued, persisted, visible, errors, votesPerSecond } = progress;
  if (phase === "draining") return `draining: ${text(done)} of ${text(total)} ballots of before are counted`;
  const levels = `accepted ${text(accepted)}, queued ${text(queued)}, persisted ${text(persisted)}, visible ${text(visible)}`;
  return `${phase}: ${text(done)} of ${text(total)}; ${levels}; ${text(votesPerSecond)} votes/s, lag ${text(lagOf(progress))}, errors ${text(errors)}`;
}

/** Accepted and not yet persisted. */
const lagOf = ({ accepted, persisted }: Progress): number => Math.max(0, accepted - persisted);

const text = (n: number): string => n.toLocaleString("en");

const percent = (share: number): string => `${Math.floor(100 * share)} %`;

function barOf(share: number, width: number): string {
  const full = Math.floor(share * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

function row(name: string, count: number, note: string): string {
  return `  ${name.padEnd(NAME_WIDTH)} ${text(count).padStart(11)}  ${note}`.trimEnd();
}

/** The levels over time as HTML: lines in an SVG that takes the width there is, labels beside it in the size of the text. */
export function drawLevels(levels: StressTraces["levels"]): string {
  const all = LEVELS.flatMap((level) => levels[level]);
  const endMs = all.reduce((most, { atMs }) => Math.max(most, atMs), 1);
  const most = all.reduce((highest, { gained }) => Math.max(highest, gained), 1);
  const lines = LEVELS.map((level) => `<path class="${level}" d="${pathOf(levels[level], endMs, most, level === "visible")}"/>`);
  const step = roundStep(endMs / 1_000 / TICKS);
  const ticks = Array.from({ length: Math.floor(endMs / 1_000 / step) + 1 }, (_, index) => index * step);
  const tickText = (seconds: number): string => `${seconds.toLocaleString("en", { maximumFractionDigits: 2 })} s`;
  return `<div class="legend">${LEVELS.map((level) => `<span class="${level}"><i></i>${level}</span>`).join("")}</div>
<div class="plot levels" role="img" aria-label="what each level had gained over ${tickText(endMs / 1_000)}, up to ${most.toLocaleString("en")} votes">
<div class="area"><svg viewBox="0 0 100 100" preserveAspectRatio="none"><line x1="0" x2="100" y1="0" y2="0"/><line x1="0" x2="100" y1="50" y2="50"/>${lines.join("")}</svg>
<span class="height" style="top:0">${most.toLocaleString("en")}</span><span class="height" style="top:50%">${Math.round(most / 2).toLocaleString("en")}</span></div>
<div class="ticks">${ticks.map((tick) => `<span style="left:${fixed((100_000 * tick) / endMs)}%">${tickText(tick)}</span>`).join("")}</div>
</div>`;
}

/** @param isStaircase A page shows the same until its next event; between two looks at the other levels nobody knows, so the line is straight. */
function pathOf(steps: readonly Step[], endMs: number, most: number, isStaircase: boolean): string {
  const x = (atMs: number): string => fixed((100 * atMs) / endMs);
  const y = (gained: number): string => fixed(100 - (100 * Math.max(0, gained)) / most);
  const points = thinned(steps, endMs).map(({ atMs, gained }) => `${isStaircase ? `H${x(atMs)}` : ""}L${x(atMs)} ${y(gained)}`);
  return `M0 100${points.join("")}H100`;
}

/** The last step of each of so many equal times. */
export function thinned(steps: readonly Step[], endMs: number): readonly Step[] {
  const kept = new Map<number, Step>();
  for (const step of steps) kept.set(Math.floor((MOST_POINTS * step.atMs) / endMs), step);
  return [...kept.values()];
}

/** The next of 1, 2, 5, 10, 20, ... and their fractions. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
}

const fixed = (value: number): string => String(Math.round(value * 100) / 100);
