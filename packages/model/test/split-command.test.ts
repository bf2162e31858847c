import assert from "node:assert/strict";
import { test } from "node:test";
import { splitCommand } from "../src/builder/kinds.js";

test("a command line is split on spaces", () => {
  assert.deepEqual(splitCommand("  node   dist/main.js\t--port 80 "), ["node", "dist/main.js", "--port", "80"]);
});

test("quotes keep a part together, and may stand inside a word", () => {
  assert.deepEqual(splitCommand(`node "a b.js" 'c "d"' --title="e f" ''`), ["node", "a b.js", 'c "d"', "--title=e f", ""]);
});

test("nothing is escaped or expanded, since no shell runs it", () => {
  assert.deepEqual(splitCommand("echo $HOME a\\ b | cat"), ["echo", "$HOME", "a\\", "b", "|", "cat"]);
});

test("an open quote and a line without a word are no commands", () => {
  for (const line of ['node "main.js', "it's", "", "   ", "'' x"]) assert.equal(splitCommand(line), null, line);
});
