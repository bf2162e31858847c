import assert from "node:assert/strict";
import { test } from "node:test";
import { type ScheduleOptions, scheduleOf } from "../src/chaos.js";
import { FAULT_KINDS, type FaultKind, type PlannedFault } from "../src/faults/fault.js";

const links = [
  { from: "result", to: "db" },
  { from: "vote", to: "redis" },
  { from: "worker", to: "db" },
];

/** The first faults of a schedule. */
function schedule(options: Partial<ScheduleOptions> = {}, count = 400): readonly PlannedFault[] {
  const faults: PlannedFault[] = [];
  for (const fault of scheduleOf({ seed: 42, kinds: FAULT_KINDS, links, queue: "redis", ...options })) {
    if (faults.push(fault) === count) break;
  }
  return faults;
}

test("the same seed gives the same faults with the same pauses, another seed others", () => {
  assert.deepEqual(schedule(), schedule());
  assert.notDeepEqual(schedule(), schedule({ seed: 43 }));
});

test("every kind comes as often as every other; some two at once, some during recovery, some after it", () => {
  const faults = schedule();
  const times = FAULT_KINDS.map((kind) => faults.filter((fault) => fault.kind === kind).length);
  assert.ok(Math.max(...times) - Math.min(...times) <= 1, times.join());
  const share = (holds: (fault: PlannedFault) => boolean) => faults.filter(holds).length / faults.length;
  assert.ok(share(({ after, pauseMs }) => after === "the last began" && pauseMs <= 20) > 0.1);
  assert.ok(share(({ after, pauseMs }) => after === "the last began" && pauseMs >= 200) > 0.3);
  assert.ok(share(({ after }) => after === "recovery") > 0.3);
});

test("pauses and cuts last longer than the services' timeouts now and then", () => {
  for (const kind of ["pause", "partition"]) {
    const lasting = schedule().filter((fault) => fault.kind === kind && fault.forMs > 3_000);
    assert.ok(lasting.length > 0, kind);
  }
});

test("only wanted kinds, links of this stack and parts that run are broken", () => {
  const kinds: FaultKind[] = ["pause", "partition", "restart", "disconnect"];
  const faults = schedule({ kinds, links: [{ from: "vote", to: "db" }], queue: "db" });
  assert.deepEqual(new Set(faults.map((fault) => fault.kind)), new Set(kinds));
  assert.deepEqual(new Set(faults.filter((fault) => fault.kind === "partition").map((fault) => fault.target)), new Set(["vote->db"]));
  assert.equal(faults.filter((fault) => fault.target === "redis").length, 0);
  assert.deepEqual(schedule({ kinds: [] }), []);
});
