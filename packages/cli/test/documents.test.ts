import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkStackFile } from "../src/commands/inspect.js";
import { folderWith } from "./helpers.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
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

test("every function of groundplan and groundplan/plan says in its docstring what it is, with an example", () => {
  const exported = ["index.ts", "plan.ts"].flatMap((entry) =>
    [...read(`packages/cli/src/${entry}`).matchAll(/^ {2}(?!type )(\w+),$|^export \{ (\w+) \}/gm)].map(
      ([, listed, alone]) => listed ?? alone,
    ),
  );
  const sources = ["packages/model/src", "packages/cli/src"]
    .flatMap((folder) =>
      readdirSync(new URL(`../../../${folder}`, import.meta.url), { recursive: true }).map((path) => `${folder}/${path}`),
    )
    .filter((path) => path.endsWith(".ts"))
    .map(read);
  const documented = exported.flatMap((name) => {
    const doc = sources.flatMap(
      (text) => new RegExp(`((?:/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)?)\\nexport (?:async )?function ${name}\\b`).exec(text) ?? [],
    );
    return doc.length === 0 ? [] : [{ name, says: doc[1] ?? "" }];
  });
  assert.ok(documented.length > 10, String(documented.length));
  for (const { name, says } of documented) assert.match(says, /@example/, name);
});

test("the files that ARCHITECTURE and the documents name are there", () => {
  const files = ["docs", "packages", "scripts", "stacks"]
    .flatMap((room) => readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" }).map((path) => `${room}/${path}`))
    .filter((path) => !/\/(node_modules|dist)\//.test(path));
  const pages = ["ARCHITECTURE.md", "CONTRIBUTING.md", ...files.filter((file) => /^docs\/[^/]+\.md$/.test(file))];
  const named = pages.flatMap((page) => [...read(page).matchAll(/`([\w./-]+\.(?:ts|mjs|js))`/g)].map(([, file = ""]) => ({ page, file })));
  assert.ok(named.length > 20, String(named.length));
  assert.deepEqual(
    named.filter(({ file }) => !files.some((one) => one === file || one.endsWith(`/${file}`))),
    [],
  );
});
