import assert from "node:assert/strict";
import { test } from "node:test";
import { addReadings, type LevelReading, type LevelTotals, noLevelTotals, sumSeries } from "../../src/control-room/reports.js";
import { levelsReport } from "../../src/control-room/start-control-room.js";
import { pipelineOf, planWith } from "./fake-stack.js";

/** The totals after these looks at accepted, queued and persisted; the first level's process is 1 unless it is said. */
function after(...looks: (readonly (number | null)[] | { process: number; values: readonly (number | null)[] })[]): LevelTotals {
  return looks.reduce<LevelTotals>((totals, look) => {
    const { process, values } = "process" in look ? look : { process: 1, values: look };
    const readings = values.map((value): LevelReading => ({ value, process }));
    return addReadings(totals, readings);
  }, noLevelTotals(3));
}

test("series of one metric are added up, whatever their labels hold", () => {
  const text = [
    "# HELP votes_total Votes.",
    "# TYPE votes_total counter",
    'votes_total{option="a"} 2',
    'votes_total{option="b } \\" {",path="/x y"} 3 1700000000000',
    "votes_total_other 100",
    "votes_total 1e1",
    'votes_total{option="c"} NaN',
    "no sample at all",
    "up 1\r",
  ].join("\n");
  assert.deepEqual(
    [...sumSeries(text, ["votes_total", "up", "missing"])],
    [
      ["votes_total", 15],
      ["up", 1],
    ],
  );
});

test("a metric that the text does not have is not a counter at 0", () => {
  assert.equal(sumSeries("up 1", ["votes_total"]).has("votes_total"), false);
});

test("totals begin at 0 when this run begins, whatever the counters say", () => {
  assert.deepEqual(after([0, 1000, 1000]).totals, [0, 0, 0]);
  assert.deepEqual(after([0, 1000, 1000], [7, 1007, 1006]).totals, [7, 7, 6]);
});

test("what was on its way when the run began shows as a gap that closes", () => {
  assert.deepEqual(after([0, 1005, 1000]).totals, [5, 5, 0]);
  assert.deepEqual(after([0, 1005, 1000], [0, 1005, 1005]).totals, [5, 5, 5]);
});

test("levels whose data are not of one age begin at 0 each", () => {
  assert.deepEqual(after([0, 10, 1000], [5, 15, 1004]).totals, [5, 5, 4]);
});

test("there are no totals until every level was seen once, and then none is lost", () => {
  assert.deepEqual(after([3, 1000, null]).totals, [null, null, null]);
  assert.deepEqual(after([3, 1000, null], [8, 1005, 1004]).totals, [5, 5, 4]);
});

test("a service that does not answer keeps its total and misses nothing by it", () => {
  assert.deepEqual(after([0, 1000, 1000], [9, 1009, null]).totals, [9, 9, 0]);
  assert.deepEqual(after([0, 1000, 1000], [9, 1009, null], [12, 1012, 1012]).totals, [12, 12, 12]);
});

test("a counter that fell counts from 0 again", () => {
  assert.deepEqual(after([0, 1000, 1000], [0, 1000, 4]).totals, [0, 0, 4]);
});

test("a first level that was killed is set to the second, which counted on", () => {
  const killed = after([0, 1000, 1000], [40, 1040, 1040], { process: 2, values: [3, 1060, 1050] });
  assert.deepEqual(killed.totals, [60, 60, 50]);
});

test("a restart is seen by its process even when the new count is higher than the old", () => {
  const busy = after([0, 1000, 1000], [2, 1002, 1002], { process: 2, values: [30, 1032, 1032] });
  assert.deepEqual(busy.totals, [32, 32, 32]);
});

test("a first level that does not answer after its restart waits, and is then set to the second", () => {
  const down = after([0, 1000, 1000], [40, 1040, 1040], { process: 2, values: [null, null, 1040] });
  assert.deepEqual(down.totals, [40, 40, 40]);
  const back = addReadings(
    down,
    [45, 1085, 1040].map((value) => ({ value, process: 2 })),
  );
  assert.deepEqual(back.totals, [85, 85, 40]);
});

test("an estimate made under load becomes exact in the first quiet second, and is then left alone", () => {
  const restarted = { process: 2, values: [10, 1050, 1050] };
  const quiet = after([0, 1000, 1000], restarted, { process: 2, values: [20, 1058, 1058] }, { process: 2, values: [20, 1058, 1058] });
  assert.deepEqual(quiet.totals, [58, 58, 58]);
  const lost = [
    { process: 2, values: [25, 1060, 1060] },
    { process: 2, values: [25, 1060, 1060] },
  ];
  const later = after([0, 1000, 1000], restarted, { process: 2, values: [10, 1050, 1050] }, ...lost);
  assert.deepEqual(later.totals, [65, 60, 60], "5 accepted votes that never got into the queue must show");
});

test("the report gives the rate of the last 3 seconds, and the lag", () => {
  const level = (name: string) => ({ name, service: "vote", metric: `${name}_total` });
  const plan = planWith({ pipeline: pipelineOf([level("accepted"), level("persisted")]) });
  const points = [0, 1, 2, 3, 4].map((second) => ({ time: second * 1_000, totals: [second * 100, second * 90], missing: [null, null] }));
  const report = levelsReport(plan, points);
  assert.deepEqual(
    report.levels.map(({ name, total, perSecond }) => ({ name, total, perSecond })),
    [
      { name: "accepted", total: 400, perSecond: 100 },
      { name: "persisted", total: 360, perSecond: 90 },
    ],
  );
  assert.equal(report.lag, 40);
});

test("without a point there is neither total nor rate nor lag", () => {
  const plan = planWith({ pipeline: pipelineOf([{ name: "accepted", service: "vote", metric: "m" }]) });
  assert.deepEqual(levelsReport(plan, []), {
    levels: [{ name: "accepted", service: "vote", metric: "m", shared: false, total: null, perSecond: null, missing: null }],
    lag: null,
    points: [],
  });
});
