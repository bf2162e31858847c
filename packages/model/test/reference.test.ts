import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { renderReference } from "./render-reference.js";

const FILE = new URL("../../../docs/reference.md", import.meta.url);

test("the reference is what the shapes say: UPDATE_GOLDEN=1 writes it anew", () => {
  const text = renderReference();
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(FILE, text);
  assert.equal(readFileSync(FILE, "utf8"), text);
});
