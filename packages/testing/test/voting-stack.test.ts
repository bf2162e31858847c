import assert from "node:assert/strict";
import { test } from "node:test";
import shipped from "../../../stacks/voting/stack.js";
import { votingStack } from "../src/voting-stack.js";

test("the sample is the voting stack that ships", () => {
  assert.deepEqual(votingStack(), shipped);
});
