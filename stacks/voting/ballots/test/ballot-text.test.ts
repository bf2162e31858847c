import assert from "node:assert/strict";
import { test } from "node:test";
import { ballotText, parseBallotText } from "../src/ballot-text.js";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";

test("a ballot's line reads back as the ballot, its time to a hundredth of a millisecond", () => {
  const ballot = { id: ID, voter: "v-1", option: "a", acceptedAtMs: 1_700_000_000_000.257 };
  assert.deepEqual(parseBallotText(ballotText(ballot)), { ...ballot, acceptedAtMs: 1_700_000_000_000.26 });
});

for (const text of [
  "",
  ID,
  `${ID} v a`,
  `${ID} v a soon`,
  `${ID} v a 1e999`,
  `${ID} v a 1 more`,
  `no-uuid v a 1`,
  `${ID}  a 1`,
  `${ID} ${"v".repeat(256)} a 1`,
  `${ID} v\0 a 1`,
]) {
  test(`"${text.slice(0, 60)}" is no ballot`, () => assert.equal(parseBallotText(text), null));
}
