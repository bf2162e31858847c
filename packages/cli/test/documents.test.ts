import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkStackFile } from "../src/commands/inspect.js";
import { folderWith } from "./helpers.js";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

/** The blocks of TypeScript in a page. */
const blocksOf = (page: string): readonly string[] => [...read(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);

test("README shows stack files as they are", () => {
  assert.deepEqual(blocksOf("README.md"), [read("stacks/hello/stack.ts"), read("stacks/voting/stack.ts")]);
});

test("every whole stack file in the guide is valid, its types included", async () => {
  const whole = blocksOf("docs/guide.md").filter((text) => text.includes("export default stack("));
  assert.ok(whole.length > 0);
  for (const text of whole) {
    const { problems } = await checkStackFile(join(folderWith({ "stack.ts": text })), null);
    assert.deepEqual(problems, []);
  }
});
