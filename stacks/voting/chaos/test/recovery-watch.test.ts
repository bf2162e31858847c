import assert from "node:assert/strict";
import { test } from "node:test";
import { RecoveryWatch } from "../src/checks/watches.js";
import type { PlannedFault } from "../src/faults/fault.js";

const fault: PlannedFault = { kind: "vote", after: "recovery", pauseMs: 0, target: "vote", how: "kill -9", forMs: 0, amount: 0 };

test("a fault is recovered from when a vote that was sent after it began is in the ledger", () => {
  const watch = new RecoveryWatch();
  const beforeMs = performance.now() - 1;
  const record = watch.begin(fault);
  watch.accepted("sent before", beforeMs);
  assert.deepEqual(watch.waiting(), []);
  watch.accepted("first", performance.now());
  watch.accepted("second", performance.now());
  assert.deepEqual(watch.waiting(), ["first"]);
  watch.counted(new Set(["second"]));
  assert.deepEqual([watch.unrecovered(), watch.isOver], [[fault], false]);
  watch.counted(new Set(["first"]));
  assert.deepEqual([watch.unrecovered(), watch.isOver], [[], true]);
  assert.ok((record.countedAgainMs ?? -1) >= (record.acceptedAgainMs ?? Infinity));
});

test("a fault that could not be injected is not waited for", () => {
  const watch = new RecoveryWatch();
  watch.begin(fault).missed = "it does not run now";
  assert.ok(watch.isOver);
  watch.begin(fault);
  assert.deepEqual(watch.unrecovered(), [fault]);
});

test("with a queue that was put back other ballots are followed, of those that are sent from then on", () => {
  const watch = new RecoveryWatch();
  const record = watch.begin(fault);
  const sentMs = performance.now();
  watch.accepted("gone", sentMs);
  const acceptedMs = record.acceptedAgainMs;
  watch.followAnew();
  watch.accepted("under way", sentMs);
  assert.deepEqual([watch.waiting(), watch.newest, watch.isOver], [[], [], false]);
  watch.accepted("new", performance.now() + 1);
  assert.deepEqual([watch.waiting(), watch.newest, record.acceptedAgainMs], [["new"], ["new"], acceptedMs]);
  watch.counted(new Set(["new"]));
  assert.ok(watch.isOver);
});
