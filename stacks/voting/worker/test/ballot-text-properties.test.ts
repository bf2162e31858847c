import assert from "node:assert/strict";
import { test } from "node:test";
import { propertyRuns } from "@groundplan/testing";
import fc from "fast-check";
import { ballotText, isColumnText, parseBallotText } from "../../ballots/src/ballot-text.js";

/** Voters and options that a ballot may have: what fits a column, and has no space. */
const word = fc.string({ unit: "binary", minLength: 1, maxLength: 255 }).filter((text) => isColumnText(text) && !text.includes(" "));
/** Times with two digits behind the point, from 1970 to the year 5138. */
const acceptedAtMs = fc.nat(1e14).map((hundredths) => hundredths / 100);
const ballot = fc.record({ id: fc.uuid(), voter: word, option: word, acceptedAtMs }, { noNullPrototype: true });

test("any ballot's line reads back as the ballot", () =>
  fc.assert(
    fc.property(ballot, (one) => assert.deepEqual(parseBallotText(ballotText(one)), one)),
    propertyRuns(),
  ));

test("no text makes the reader throw, and what it takes for a ballot fits the tables", () => {
  const noise = fc.string({ unit: "binary" });
  const nearly = fc.tuple(ballot.map(ballotText), fc.nat(), noise).map(([text, at, extra]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + extra + text.slice(place);
  });
  const time = fc.oneof(noise, fc.constantFrom("1", "-1", "0x1", "1e999", "-Infinity", "NaN", ""));
  const fields = fc.tuple(fc.oneof(fc.uuid(), noise), fc.oneof(word, noise), fc.oneof(word, noise), time).map((all) => all.join(" "));
  fc.assert(
    fc.property(fc.oneof(noise, nearly, fields), (text) => {
      const read = parseBallotText(text);
      if (read === null) return;
      assert.ok(isColumnText(read.voter) && isColumnText(read.option) && Number.isFinite(read.acceptedAtMs), JSON.stringify(read));
      assert.equal(text.split(" ").length, 4);
    }),
    propertyRuns({ numRuns: 2_000 }),
  );
});
