import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "@voting/proof";
import { parseArguments } from "../src/chaos-options.js";
import { FAULT_KINDS } from "../src/faults/fault.js";

const parse = (text: string) => parseArguments(text.split(" ").filter(Boolean), () => 77);

test("without arguments: a minute of every fault, with a seed that is drawn", () => {
  assert.deepEqual(parse(""), { forMs: 60_000, kinds: FAULT_KINDS, seed: 77, votesPerSecond: 200, json: false, reportFile: null });
});

test("every option is read", () => {
  assert.deepEqual(parse("--for 1.5m --faults clock,redis --seed 0 --rate 20 --json --report out.json"), {
    forMs: 90_000,
    kinds: ["redis", "clock"],
    seed: 0,
    votesPerSecond: 20,
    json: true,
    reportFile: "out.json",
  });
});

test("all problems are told at once, with what is allowed", () => {
  assert.throws(
    () => parse("--for 60 --faults worker,wroker --seed 1x --rate 0"),
    (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.deepEqual(error.message.split("\n"), [
        '--for must be a time such as 500ms, 60s or 10m, found "60"',
        `--faults: there is no "wroker"; use some of ${FAULT_KINDS.join(", ")}, separated by commas`,
        '--seed must be a whole number from 0 to 4,294,967,295, found "1x"',
        '--rate must be a whole number from 1 to 5,000, found "0"',
      ]);
      return true;
    },
  );
  assert.throws(() => parse("--fautls worker"), UsageError);
  assert.throws(() => parse("--for 0s"), UsageError);
});
