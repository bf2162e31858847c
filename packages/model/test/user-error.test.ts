import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../src/index.js";

test("a user error shows every problem with its detail and its fix", () => {
  const error = new UserError([
    { message: "vote keeps failing", detail: ["no ballot box", "exit 3"], fix: "build a ballot box" },
    { message: "port 80 is taken", fix: "choose another" },
  ]);
  assert.equal(
    error.message,
    [
      "vote keeps failing",
      "    no ballot box",
      "    exit 3",
      "  fix: build a ballot box",
      "port 80 is taken",
      "  fix: choose another",
    ].join("\n"),
  );
});

test("a user error takes a single problem too", () => {
  const error = new UserError({ message: "wrong", fix: "right it" });
  assert.deepEqual(error.problems, [{ message: "wrong", fix: "right it" }]);
  assert.equal(error.message, "wrong\n  fix: right it");
});
