import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTruth, type Found, type Verdict } from "../src/truth/check-truth.js";
import { type CastVote, Voter } from "../src/truth/voter.js";

const uuid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;
const ALICE = uuid(1_000);

function alice(): Voter {
  const voter = new Voter();
  voter.identify(`voter_id=${ALICE}.seal`);
  return voter;
}

/** Casts a vote that is answered with the ballot of that number. */
function counted(voter: Voter, option: string, ballot: number): CastVote {
  const vote = voter.send(option, null);
  voter.acknowledge(vote, `${uuid(ballot)}.seal`);
  return vote;
}

function unanswered(voter: Voter, option: string): CastVote {
  const vote = voter.send(option, null);
  voter.giveUp(vote);
  return vote;
}

const row = (ballot: number, vote: string, voter = ALICE) => ({ id: uuid(ballot), voter, vote });
const stands = (ballot: number, vote: string, id = ALICE) => ({ id, vote, ballot: uuid(ballot) });

/** How many of each are wrong. */
function wrong(voters: readonly Voter[], ledger: Found["ledger"], standing: Found["standing"]): Partial<Record<keyof Verdict, number>> {
  const verdict = checkTruth(voters, { ledger, standing });
  return Object.fromEntries(Object.entries(verdict).flatMap(([name, list]) => (list.length === 0 ? [] : [[name, list.length]])));
}

test("what was acknowledged and counted once, the last one standing, is right", () => {
  const voter = alice();
  counted(voter, "a", 1);
  counted(voter, "b", 2);
  assert.deepEqual(wrong([voter], [row(1, "a"), row(2, "b")], [stands(2, "b")]), {});
});

test("a planted loss is found, also of a voter who lost everything", () => {
  const voter = alice();
  counted(voter, "a", 1);
  counted(voter, "b", 2);
  assert.deepEqual(wrong([voter], [row(2, "b")], [stands(2, "b")]), { lost: 1 });
  assert.deepEqual(wrong([voter], [], []), { lost: 2, wrongStanding: 1 });
});

test("a planted double is found: a vote that is counted under two ids, and an id that two votes were given", () => {
  const voter = alice();
  counted(voter, "a", 1);
  assert.deepEqual(wrong([voter], [row(1, "a"), row(9, "a")], [stands(1, "a")]).doubled, 1);
  assert.deepEqual(wrong([voter], [row(1, "a"), row(1, "a")], [stands(1, "a")]), { doubled: 1 });
  counted(voter, "a", 1);
  assert.deepEqual(wrong([voter], [row(1, "a")], [stands(1, "a")]).doubled, 1);
});

test("a planted invention is found: an option nobody cast, a voter nobody is, a vote without a ballot, a changed option", () => {
  const voter = alice();
  counted(voter, "a", 1);
  assert.deepEqual(wrong([voter], [row(1, "a"), row(9, "b")], [stands(1, "a")]).invented, 1);
  assert.deepEqual(wrong([voter], [row(1, "a"), row(9, "a", "mallory")], [stands(1, "a"), stands(9, "a", "mallory")]), { invented: 1 });
  assert.deepEqual(wrong([voter], [row(1, "a")], [stands(1, "a"), stands(9, "a", "mallory")]), { invented: 1 });
  assert.deepEqual(wrong([voter], [row(1, "b")], [stands(1, "b")]).invented, 1);
});

test("a planted wrong standing vote is found", () => {
  const voter = alice();
  counted(voter, "a", 1);
  counted(voter, "b", 2);
  const ledger = [row(1, "a"), row(2, "b")];
  assert.deepEqual(wrong([voter], ledger, [stands(1, "a")]), { wrongStanding: 1 });
  assert.deepEqual(wrong([voter], ledger, []), { wrongStanding: 1 });
  assert.deepEqual(wrong([voter], ledger, [stands(9, "b")]), { wrongStanding: 1 });
  assert.deepEqual(wrong([voter], ledger, [{ id: ALICE, vote: "b", ballot: null }]), { wrongStanding: 1 });
});

test("a vote without an answer is counted once at most, and may stand however late it got in", () => {
  const voter = alice();
  counted(voter, "a", 1);
  unanswered(voter, "b");
  assert.deepEqual(wrong([voter], [row(1, "a")], [stands(1, "a")]), {});
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b")], [stands(8, "b")]), {});
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b")], [stands(1, "a")]), { wrongStanding: 1 });
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b"), row(9, "b")], [stands(9, "b")]), { doubled: 1 });
  counted(voter, "a", 2);
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b"), row(2, "a")], [stands(2, "a")]), {});
  // It was sent before the last one and may have been under way for longer.
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b"), row(2, "a")], [stands(8, "b")]), {});
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b"), row(2, "a")], [stands(1, "a")]), { wrongStanding: 1 });
});

test("a vote that nobody was there to take in cannot be counted, unless another try of it may be in", () => {
  const voter = alice();
  counted(voter, "a", 1);
  const vote = voter.send("b", "key");
  voter.notSent(vote);
  assert.deepEqual(wrong([voter], [row(1, "a")], [stands(1, "a")]), {});
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b")], [stands(8, "b")]), { invented: 1, wrongStanding: 1 });
  voter.sendAgain(vote);
  voter.giveUp(vote);
  assert.deepEqual(wrong([voter], [row(1, "a"), row(8, "b")], [stands(8, "b")]), {});
});

test("of two votes at once either may stand, and none before them", () => {
  const voter = alice();
  counted(voter, "a", 1);
  const [first, second] = [voter.send("a", null), voter.send("b", null)];
  voter.acknowledge(second, `${uuid(3)}.seal`);
  voter.acknowledge(first, `${uuid(2)}.seal`);
  const ledger = [row(1, "a"), row(2, "a"), row(3, "b")];
  assert.deepEqual(wrong([voter], ledger, [stands(2, "a")]), {});
  assert.deepEqual(wrong([voter], ledger, [stands(3, "b")]), {});
  assert.deepEqual(wrong([voter], ledger, [stands(1, "a")]), { wrongStanding: 1 });
});

test("a retried vote is one vote: it may have come in with its first try or with its last", () => {
  const voter = alice();
  const first = voter.send("a", "key");
  voter.giveUp(first);
  counted(voter, "b", 2);
  voter.sendAgain(first);
  voter.acknowledge(first, `${uuid(1)}.seal`);
  const ledger = [row(1, "a"), row(2, "b")];
  assert.deepEqual(wrong([voter], ledger, [stands(1, "a")]), {});
  assert.deepEqual(wrong([voter], ledger, [stands(2, "b")]), {});
  counted(voter, "b", 3);
  voter.sendAgain(first);
  voter.acknowledge(first, `${uuid(1)}.seal`);
  assert.deepEqual(voter.complaints, []);
  assert.deepEqual(wrong([voter], [...ledger, row(3, "b")], [stands(1, "a")]), { wrongStanding: 1 });
  voter.acknowledge(first, `${uuid(7)}.seal`);
  assert.deepEqual(voter.complaints, [`a retry with the key of ${uuid(1)}.seal was told ${uuid(7)}.seal`]);
});

test("first votes without an answer may be counted once each, under ids that nobody knows", () => {
  const voter = new Voter();
  voter.giveUp(voter.send("a", null));
  voter.giveUp(voter.send("a", null));
  voter.identify(`voter_id=${ALICE}.seal`);
  counted(voter, "b", 1);
  const own = row(1, "b");
  assert.deepEqual(wrong([voter], [own], [stands(1, "b")]), {});
  assert.deepEqual(wrong([voter], [own, row(2, "a", "x")], [stands(1, "b"), stands(2, "a", "x")]), {});
  const three = [row(2, "a", "x"), row(3, "a", "y"), row(4, "a", "z")];
  const standing = [stands(2, "a", "x"), stands(3, "a", "y"), stands(4, "a", "z")];
  assert.deepEqual(wrong([voter], [own, ...three], [stands(1, "b"), ...standing]), { invented: 1 });
  assert.deepEqual(wrong([voter], [own, row(2, "a", "x"), row(3, "a", "x")], [stands(1, "b"), stands(3, "a", "x")]), { doubled: 1 });
  assert.deepEqual(wrong([voter], [own, row(2, "a", "x")], [stands(1, "b")]), { wrongStanding: 1 });
});

test("votes of classic clients have no receipt: their number is checked, and the option that stands", () => {
  const voter = new Voter("classic-1");
  voter.acknowledge(voter.send("a", null), null);
  voter.acknowledge(voter.send("b", null), null);
  const ledger = [row(1, "a", "classic-1"), row(2, "b", "classic-1")];
  assert.deepEqual(wrong([voter], ledger, [stands(2, "b", "classic-1")]), {});
  assert.deepEqual(wrong([voter], ledger, [stands(1, "a", "classic-1")]), { wrongStanding: 1 });
  assert.deepEqual(wrong([voter], [row(2, "b", "classic-1")], [stands(2, "b", "classic-1")]), { lost: 1 });
  assert.deepEqual(wrong([voter], [...ledger, row(3, "b", "classic-1")], [stands(3, "b", "classic-1")]), { doubled: 1 });
});

test("what waited in a queue that was put back need not be counted, and not twice; what was sent before or after it must", () => {
  const voter = alice();
  counted(voter, "a", 1);
  counted(voter, "b", 2).mayBeLost = true;
  assert.deepEqual(wrong([voter], [row(1, "a")], [stands(1, "a")]), {});
  assert.deepEqual(wrong([voter], [row(1, "a"), row(2, "b")], [stands(2, "b")]), {});
  // A retry brought it in again, behind a later one.
  counted(voter, "a", 3);
  const all = [row(1, "a"), row(2, "b"), row(3, "a")];
  assert.deepEqual(wrong([voter], all, [stands(2, "b")]), {});
  assert.deepEqual(wrong([voter], all, [stands(1, "a")]), { wrongStanding: 1 });
  assert.deepEqual(wrong([voter], [row(2, "b"), row(3, "a")], [stands(3, "a")]), { lost: 1 });
  assert.deepEqual(wrong([voter], [...all, row(2, "b")], [stands(3, "a")]), { doubled: 1 });
  assert.deepEqual(wrong([voter], [row(1, "a"), row(2, "b")], [stands(2, "b")]), { lost: 1 });
});

test("of classic votes that need not be counted none may be counted twice, and the others must", () => {
  const voter = new Voter("classic-1");
  voter.acknowledge(voter.send("a", null), null);
  const late = voter.send("b", null);
  voter.acknowledge(late, null);
  late.mayBeLost = true;
  const [a, b, again] = [row(1, "a", "classic-1"), row(2, "b", "classic-1"), row(3, "b", "classic-1")];
  assert.deepEqual(wrong([voter], [a], [stands(1, "a", "classic-1")]), {});
  assert.deepEqual(wrong([voter], [a, b], [stands(2, "b", "classic-1")]), {});
  assert.deepEqual(wrong([voter], [b], [stands(2, "b", "classic-1")]), { lost: 1 });
  assert.deepEqual(wrong([voter], [a, b, again], [stands(3, "b", "classic-1")]), { doubled: 1 });
});
