import assert from "node:assert/strict";
import { test } from "node:test";
import { type Claim, checkLedger } from "../src/check-ledger.js";
import type { Acknowledged } from "../src/judge.js";

const acknowledged = (change: Partial<Acknowledged> = {}): Acknowledged => ({
  ballot: "b1",
  option: "a",
  cookieVoter: null,
  voter: "own",
  key: null,
  ...change,
});
const claim = (change: Partial<Claim> = {}): Claim => ({ index: 4, name: "class", voter: "v1", acknowledged: [], mayLand: [], ...change });
const problems = (claims: readonly Claim[], ledger: readonly { id: string; voter: string; vote: string }[]) =>
  checkLedger(claims, ledger, ["a", "b"]).findings.map(({ index, problem }) => `${index} ${problem}`);

test("a ballot that was acknowledged and counted for its voter and option is right", () => {
  assert.deepEqual(problems([claim({ acknowledged: [acknowledged()] })], [{ id: "b1", voter: "v1", vote: "a" }]), []);
});

test("a ballot that is missing, changed, another's, or nobody's is told with its exchange", () => {
  const one = [claim({ acknowledged: [acknowledged()] })];
  assert.match(problems(one, []).join(), /^4 .* is not counted$/);
  assert.match(problems(one, [{ id: "b1", voter: "v1", vote: "b" }]).join(), /^4 .* cast for "a" and counted for "b"$/);
  assert.match(problems(one, [{ id: "b1", voter: "v2", vote: "a" }]).join(), /^4 .* not the cookie's voter's$/);
  assert.match(problems([claim()], [{ id: "b9", voter: "v1", vote: "a" }]).join(), /^4 .* no answer acknowledges it$/);
  assert.match(problems([claim()], [{ id: "b9", voter: "v9", vote: "a" }]).join(), /^null .* no answer acknowledges it$/);
  assert.match(problems(one, [{ id: "b1", voter: "v1", vote: "zebra" }]).join(), /"zebra" was counted, which is no option/);
});

test("a new voter's ballot must be the one of the cookie that it got", () => {
  const one = [claim({ acknowledged: [acknowledged({ voter: "new", cookieVoter: "n1" })] })];
  assert.deepEqual(problems(one, [{ id: "b1", voter: "n1", vote: "a" }]), []);
  assert.match(problems(one, [{ id: "b1", voter: "v1", vote: "a" }]).join(), /not the new voter's/);
});

test("a ballot id comes once, and again only with a key", () => {
  const ledger = [{ id: "b1", voter: "v1", vote: "a" }];
  assert.match(problems([claim({ acknowledged: [acknowledged(), acknowledged()] })], ledger).join(), /given twice/);
  const keyed = acknowledged({ key: "k" });
  assert.deepEqual(problems([claim({ acknowledged: [keyed, keyed] })], ledger), []);
  const again = acknowledged({ key: "k", ballot: "b2" });
  const both = [...ledger, { id: "b2", voter: "v1", vote: "a" }];
  assert.match(
    problems([claim({ acknowledged: [keyed, again] })], both).join(),
    /^4 a vote that was sent again under its key is ballot b2 too$/,
  );
  const other = [...ledger, { id: "b2", voter: "v1", vote: "b" }];
  assert.match(problems([claim({ acknowledged: [keyed, { ...again, option: "b" }] })], other).join(), /is ballot b2 too$/);
});

test("a vote whose client left may be counted, once", () => {
  const left = [claim({ mayLand: ["a"] })];
  const ballot = { id: "b1", voter: "v1", vote: "a" };
  assert.deepEqual(checkLedger(left, [ballot], ["a", "b"]), { findings: [], landed: 1 });
  assert.equal(checkLedger(left, [ballot, { ...ballot, id: "b2" }], ["a", "b"]).findings.length, 1);
  assert.equal(checkLedger(left, [{ ...ballot, vote: "b" }], ["a", "b"]).findings.length, 1);
});
