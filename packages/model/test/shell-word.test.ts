import assert from "node:assert/strict";
import { test } from "node:test";
import { shellWord } from "../src/show.js";

test("a word is quoted where a shell would read something else, and only there", () => {
  const plain = ["docker", "--name=x", "a/b:1.2", "user@host", "50%", "a,b", "{{.Id}}", "{}"];
  assert.deepEqual(plain.map(shellWord), plain);
  assert.deepEqual(["two words", "it's", "", "$HOME", "a;b", "*", "{a,b}", "x{1..3}", "~"].map(shellWord), [
    "'two words'",
    "'it'\\''s'",
    "''",
    "'$HOME'",
    "'a;b'",
    "'*'",
    "'{a,b}'",
    "'x{1..3}'",
    "'~'",
  ]);
});
