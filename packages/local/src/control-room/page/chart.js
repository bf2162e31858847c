import { byId, element } from "./element.js";
import { formatClock, formatCount, formatDuration, formatShort } from "./format.js";

/** The chart grows with the run, from a minute to as far back as is chosen. */
const SHORTEST_MS = 60_000;
const MARGIN = { left: 46, right: 10, top: 10, bottom: 24 };

/**
 * The line chart. Lines that coincide stay visible, because each later level is drawn thinner than the one before it.
 *
 * @param {{ name: string }[]} levels
 */
export function levelChart(levels) {
  const canvas = /** @type {HTMLCanvasElement} */ (byId("plot"));
  const readout = byId("readout");
  /** @type {LevelPoint[]} */
  let all = [];
  /** Those that are drawn. */
  let points = all;
  /** Time under the pointer, `null`: it is elsewhere. */
  let pointedAt = null;

  const view = () => document.querySelector('input[name="view"]:checked')?.value ?? "rates";
  const longestMs = () => Number(document.querySelector('input[name="span"]:checked')?.value ?? 5) * 60_000;

  function draw() {
    const { width, height } = canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio || 1;
    if (width === 0) return;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);

    const style = getComputedStyle(canvas);
    points = lastOf(all, longestMs());
    const series = seriesOf(points, levels.length, view());
    const ticks = axisTicks(Math.max(0, ...series.flat().map((value) => value ?? 0)));
    const end = points.at(-1)?.time ?? Date.now();
    const shownMs = Math.min(longestMs(), Math.max(SHORTEST_MS, end - (points[0]?.time ?? end)));
    const right = width - MARGIN.right;
    const bottom = height - MARGIN.bottom;
    const x = (time) => right - ((end - time) / shownMs) * (right - MARGIN.left);
    const y = (value) => bottom - (value / ticks.at(-1)) * (bottom - MARGIN.top);

    drawAxes(context, { style, ticks, x, y, right, bottom, end, shownMs });
    series.forEach((values, level) => {
      context.strokeStyle = style.getPropertyValue(`--level-${level % 4}`);
      context.lineWidth = 1.5 + (series.length - 1 - level);
      drawLine(context, points, values, x, y);
    });

    if (pointedAt !== null) {
      drawPointer(context, { style, at: Math.min(Math.max(pointedAt, MARGIN.left), right), bottom });
    }
    const index = pointedAt === null ? points.length - 1 : nearest(points, end - ((right - pointedAt) / (right - MARGIN.left)) * shownMs);
    showReadout(index);
  }

  function showReadout(index) {
    const point = points[index];
    if (point === undefined) return;
    const items = levels.map((level, number) => {
      const value = valueAt(points, index, number, view());
      return element("span", { class: `key level-${number % 4}` }, `${level.name} ${value === null ? "–" : formatCount(value)}`);
    });
    readout.replaceChildren(
      ...items,
      element("span", { class: "quiet" }, pointedAt === null ? "now" : formatClock(point.time).slice(0, 8)),
    );
  }

  for (const input of document.querySelectorAll('input[name="view"], input[name="span"]')) input.addEventListener("change", draw);
  canvas.addEventListener("pointermove", (event) => {
    pointedAt = event.offsetX;
    draw();
  });
  canvas.addEventListener("pointerleave", () => {
    pointedAt = null;
    draw();
  });
  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  return {
    show(newPoints) {
      all = newPoints;
      draw();
    },
  };
}

function drawAxes(context, { style, ticks, x, y, right, bottom, end, shownMs }) {
  context.lineWidth = 1;
  context.strokeStyle = style.getPropertyValue("--line");
  context.fillStyle = style.getPropertyValue("--quiet");
  context.font = `11px ${style.fontFamily}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ticks) {
    const level = Math.round(y(tick)) + 0.5;
    context.beginPath();
    context.moveTo(MARGIN.left, level);
    context.lineTo(right, level);
    context.stroke();
    context.fillText(formatShort(tick), MARGIN.left - 8, level);
  }
  context.textBaseline = "top";
  for (const second of secondsBack(shownMs, right - MARGIN.left)) {
    context.textAlign = second === 0 ? "right" : "center";
    context.fillText(second === 0 ? "now" : `−${formatDuration(second * 1_000)}`, x(end - second * 1_000), bottom + 8);
  }
}

/** Round moments that have room for their names, and for that of the one before. */
function secondsBack(shownMs, width) {
  const step = [15, 30, 60, 120, 300, 600].find((seconds) => ((seconds * 1_000) / shownMs) * width >= 75) ?? 900;
  const moments = [];
  for (let second = 0; second * 1_000 < shownMs; second += step) moments.push(second);
  return moments;
}

/** A missing value leaves a gap. */
function drawLine(context, points, values, x, y) {
  context.lineJoin = "round";
  context.beginPath();
  let joined = false;
  values.forEach((value, index) => {
    if (value === null) {
      joined = false;
      return;
    }
    if (joined) context.lineTo(x(points[index].time), y(value));
    else context.moveTo(x(points[index].time), y(value));
    joined = true;
  });
  context.stroke();
}

function drawPointer(context, { style, at, bottom }) {
  context.lineWidth = 1;
  context.strokeStyle = style.getPropertyValue("--quiet");
  context.beginPath();
  context.moveTo(Math.round(at) + 0.5, MARGIN.top);
  context.lineTo(Math.round(at) + 0.5, bottom);
  context.stroke();
}

function nearest(points, time) {
  let best = 0;
  points.forEach((point, index) => {
    if (Math.abs(point.time - time) < Math.abs(points[best].time - time)) best = index;
  });
  return best;
}

/** @typedef {{ time: number, totals: (number | null)[], missing: (string | null)[] }} LevelPoint */
/** @typedef {"rates" | "totals" | "behind"} View */

/** Seconds over which a rate is taken: evens out when in its second a counter was read, and follows a load closely. */
const RATE_POINTS = 3;

/**
 * The points of the last so many ms before the newest.
 *
 * @template {{ time: number }} Point
 * @param {Point[]} points oldest first
 * @returns {Point[]}
 */
export function lastOf(points, ms) {
  const from = (points.at(-1)?.time ?? 0) - ms;
  return points.slice(points.findIndex((point) => point.time >= from));
}

/**
 * What the chart draws: one list of values a level, a value a point, `null` where there is none.
 *
 * @param {LevelPoint[]} points oldest first
 * @param {number} levels how many
 * @param {View} view
 * @returns {(number | null)[][]}
 */
export function seriesOf(points, levels, view) {
  return Array.from({ length: levels }, (_, level) => points.map((_, index) => valueAt(points, index, level, view)));
}

/** @returns {number | null} */
export function valueAt(points, index, level, view) {
  const point = points[index];
  const total = point?.totals[level] ?? null;
  if (total === null || point.missing[level] !== null) return null;
  switch (view) {
    case "totals":
      return total;
    case "rates":
      return rateAt(points, index, level);
    case "behind": {
      const first = point.totals[0];
      return first === null ? null : Math.max(0, first - total);
    }
    default:
      throw new Error(`no view "${view}"`);
  }
}

/** Per second, over the seconds up to this point. `null` without an earlier point. */
export function rateAt(points, index, level) {
  const from = points[Math.max(0, index - RATE_POINTS)];
  const to = points[index];
  const before = from?.totals[level] ?? null;
  const after = to?.totals[level] ?? null;
  if (before === null || after === null || to.time <= from.time) return null;
  return Math.max(0, (after - before) / ((to.time - from.time) / 1_000));
}

/**
 * Round values for the axis, from 0 to at least the highest.
 *
 * @example axisTicks(930)   // [0, 250, 500, 750, 1000]
 */
export function axisTicks(highest) {
  const rough = Math.max(highest, 4) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? 10 * power;
  return [0, 1, 2, 3, 4].map((count) => count * step);
}
