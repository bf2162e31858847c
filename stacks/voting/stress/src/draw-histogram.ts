import type { Bucket, LogAxis } from "./histogram.js";
import type { Percentiles } from "./percentiles.js";
import { ms } from "./render-stress.js";

const MARKS = ["p50", "p90", "p99", "max"] as const;

/**
 * A histogram as HTML: bars in an SVG that takes the width there is, labels beside it in the size of the text.
 *
 * @param what What was measured, for those who cannot see it.
 */
export function drawHistogram(what: string, buckets: readonly Bucket[], percentiles: Percentiles, axis: LogAxis): string {
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
export function timeText(valueMs: number): string {
  return valueMs < 1_000 ? `${ms(valueMs)} ms` : `${(valueMs / 1_000).toLocaleString("en", { maximumFractionDigits: 2 })} s`;
}

const fixed = (value: number): string => String(Math.round(value * 100) / 100);
