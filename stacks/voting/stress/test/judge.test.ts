import assert from "node:assert/strict";
import { test } from "node:test";
import { doubledReceipts } from "../src/check-receipts.js";
import { type Findings, judge } from "../src/stress-report.js";

/** Ten votes, all where they should be. */
const good: Findings = {
  accepted: 10,
  uncertain: 0,
  gained: { accepted: 10, queued: 10, persisted: 10, visible: 10 },
  missing: [],
  doubled: [],
};

const judged = (change: Partial<Findings>) => judge({ ...good, ...change });

test("levels that agree are exact, and there is nothing to tell", () => {
  assert.deepEqual(judge(good), { others: 0, phantom: 0, countedUnanswered: 0, exact: true, sentences: [] });
});

test("no accepted vote proves nothing", () => {
  const none = judged({ accepted: 0, gained: { accepted: 0, queued: 0, persisted: 0, visible: 0 } });
  assert.deepEqual([none.exact, none.sentences], [false, ["No vote was accepted."]]);
});

test("a level that is short by one vote is named", () => {
  for (const level of ["queued", "persisted", "visible"] as const) {
    const { exact, phantom, sentences } = judged({ gained: { ...good.gained, [level]: 9 } });
    assert.deepEqual([exact, phantom, sentences], [false, 0, [`1 accepted vote is not ${level}.`]]);
  }
});

test("a vote that nobody cast is a phantom, wherever it is found", () => {
  for (const level of ["persisted", "visible"] as const) {
    const { exact, phantom } = judged({ gained: { ...good.gained, [level]: 12 } });
    assert.deepEqual([exact, phantom], [false, 2]);
  }
});

test("a vote without an answer may be counted once, and is told; one more is a phantom", () => {
  const once = judged({ uncertain: 2, gained: { accepted: 12, queued: 12, persisted: 12, visible: 12 } });
  assert.deepEqual([once.phantom, once.countedUnanswered, once.others, once.exact], [0, 2, 0, false]);
  assert.match(once.sentences.join(), /2 votes that got no good answer were counted all the same: at most once each/);
  const twice = judged({ uncertain: 2, gained: { accepted: 12, queued: 13, persisted: 13, visible: 13 } });
  assert.deepEqual([twice.phantom, twice.countedUnanswered], [1, 2]);
  assert.ok(judged({ uncertain: 2 }).exact, "and they need not be counted");
});

test("votes of other voters are told from phantoms, and the run is not exact", () => {
  const { others, phantom, exact, sentences } = judged({ gained: { accepted: 13, queued: 13, persisted: 13, visible: 13 } });
  assert.deepEqual([others, phantom, exact], [3, 0, false]);
  assert.match(sentences.join(), /3 votes were accepted from other voters meanwhile/);
  const restarted = judged({ gained: { ...good.gained, accepted: -200 } });
  assert.deepEqual([restarted.others, restarted.exact], [0, true], "a vote service that began to count anew tells of no others");
});

test("missing and doubled ballots fail a run whose levels agree", () => {
  assert.equal(judged({ missing: [{ ballot: "x", state: "queued" }] }).exact, false);
  assert.equal(judged({ doubled: ["x"] }).exact, false);
});

test("a ballot that is acknowledged for two votes is found once", () => {
  assert.deepEqual(doubledReceipts(["a", "b", "a", "c", "a", "b"]), ["a", "b"]);
  assert.deepEqual(doubledReceipts(["a", "b"]), []);
});
