import assert from "node:assert/strict";
import { test } from "node:test";

/** The page's files are JavaScript as browsers read it, so they come without types. */
const pageModule = (name: string) => import(new URL(`../../src/control-room/page/${name}`, import.meta.url).href);

const { formatCount, formatDuration, formatShort } = await pageModule("format.js");
const { readLogLine } = await pageModule("logs.js");
const { axisTicks, lastOf, seriesOf } = await pageModule("chart.js");

const point = (second: number, totals: (number | null)[], missing: (string | null)[] = totals.map(() => null)) => ({
  time: second * 1_000,
  totals,
  missing,
});

test("numbers and durations are short and readable", () => {
  assert.equal(formatCount(1234567.4), "1,234,567");
  assert.deepEqual([0, 750, 1500, 20_000, 2_000_000].map(formatShort), ["0", "750", "1.5k", "20k", "2M"]);
  assert.deepEqual([0, 59_999, 61_000, 3_725_000, 90_000_000].map(formatDuration), ["0 s", "59 s", "1 min 1 s", "1 h 2 min", "1 d 1 h"]);
});

test("a line of pino is read as message and details, what each line has is left out", () => {
  const text = '{"level":40,"time":1,"pid":2,"hostname":"h","name":"vote","msg":"slow","ms":12,"err":{"message":"late"}}';
  assert.deepEqual(readLogLine(text), { level: "warn", message: "slow", details: "ms=12 err=late" });
});

test("a line that is not pino's stays as it is, without its colours", () => {
  assert.deepEqual(readLogLine('{"a":1}'), { level: "info", message: '{"a":1}', details: "" });
  assert.deepEqual(readLogLine("{broken"), { level: "info", message: "{broken", details: "" });
  assert.equal(readLogLine("\u001b[32mready\u001b[0m").message, "ready");
});

test("the chart's rate is taken over 3 seconds, and a level that did not answer leaves a gap", () => {
  const points = [point(0, [0]), point(1, [10]), point(2, [40]), point(3, [60]), point(4, [60], ["down"]), point(5, [130])];
  assert.deepEqual(seriesOf(points, 1, "rates"), [[null, 10, 20, 20, null, 30]]);
});

test("the chart's view of what is behind measures each level against the first, never below 0", () => {
  assert.deepEqual(seriesOf([point(0, [10, 12, 7])], 3, "behind"), [[0], [0], [3]]);
});

test("the chart's view of totals has no value before the levels are known", () => {
  assert.deepEqual(seriesOf([point(0, [null]), point(1, [4])], 1, "totals"), [[null, 4]]);
});

test("the chart goes back as far as is chosen, from its newest point", () => {
  const points = [0, 1, 2, 3, 4].map((second) => point(second, [second]));
  assert.deepEqual(
    lastOf(points, 2_000).map(({ time }: { time: number }) => time),
    [2_000, 3_000, 4_000],
  );
  assert.equal(lastOf(points, 3_600_000).length, 5);
  assert.deepEqual(lastOf([], 2_000), []);
});

test("the axis has round steps and reaches the highest value", () => {
  assert.deepEqual(axisTicks(930), [0, 250, 500, 750, 1000]);
  assert.deepEqual(axisTicks(0), [0, 1, 2, 3, 4]);
  for (const highest of [1, 3, 17, 99, 1_001, 54_321]) assert.ok((axisTicks(highest).at(-1) ?? 0) >= highest, String(highest));
});
