import assert from "node:assert/strict";
import { test } from "node:test";
import { type Claim, LedgerChecks } from "../src/check-ledger.js";
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
const newChecks = (before: readonly string[] = []) => new LedgerChecks(["a", "b"], "victim", before);
const problems = (claims: readonly Claim[], ledger: readonly { id: string; voter: string; vote: string }[]) =>
  newChecks()
    .check(claims, ledger)
    .findings.map(({ index, problem }) => `${index} ${problem}`);

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
  const left = [claim({ mayLand: [{ option: "a", voter: "own" }] })];
  const ballot = { id: "b1", voter: "v1", vote: "a" };
  assert.deepEqual(newChecks().check(left, [ballot]), { findings: [], landed: 1 });
  assert.equal(newChecks().check(left, [ballot, { ...ballot, id: "b2" }]).findings.length, 1);
  assert.equal(newChecks().check(left, [{ ...ballot, vote: "b" }]).findings.length, 1);
});

test("it may be counted after a later check, beside the voter's next votes, once", () => {
  const checks = newChecks();
  const late = { id: "late", voter: "v1", vote: "a" };
  const next = { id: "b1", voter: "v1", vote: "b" };
  assert.deepEqual(checks.check([claim({ mayLand: [{ option: "a", voter: "own" }] })], []), { findings: [], landed: 0 });
  const acked = claim({ index: 5, acknowledged: [acknowledged({ option: "b" })] });
  assert.deepEqual(checks.check([acked], [next]), { findings: [], landed: 0 });
  assert.deepEqual(checks.check([], [next, late]), { findings: [], landed: 1 });
  assert.deepEqual(checks.check([], [next, late]), { findings: [], landed: 0 });
  const [finding] = checks.check([], [{ ...late, id: "again" }]).findings;
  assert.match(finding?.problem ?? "", /no answer acknowledges it/);
});

test("what was counted before the run is nobody's", () => {
  assert.deepEqual(newChecks(["old"]).check([claim()], [{ id: "old", voter: "v1", vote: "a" }]), { findings: [], landed: 0 });
});

test("a vote without an answer may be a new voter's where its bytes may have lost the cookie, and never the victim's", () => {
  const open = [claim({ mayLand: [{ option: null, voter: "any" }] })];
  const by = (voter: string) => [{ id: "b1", voter, vote: "a" }];
  assert.deepEqual(newChecks().check(open, by("newcomer")), { findings: [], landed: 1 });
  assert.deepEqual(newChecks().check(open, by("v1")), { findings: [], landed: 1 });
  assert.equal(newChecks().check(open, by("victim")).findings.length, 1);
  assert.equal(newChecks().check([claim({ mayLand: [{ option: "a", voter: "own" }] })], by("newcomer")).findings.length, 1);
  assert.equal(newChecks().check([claim({ mayLand: [{ option: "a", voter: "new" }] })], by("v1")).findings.length, 1);
});
