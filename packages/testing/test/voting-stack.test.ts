import assert from "node:assert/strict";
import { test } from "node:test";
import shipped from "../../../stacks/voting/stack.js";
import { votingStack } from "../src/voting-stack.js";

test("the voting stack of the test kit is the one that ships", () => {
  assert.deepEqual(votingStack(), shipped);
});
