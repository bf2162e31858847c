import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { checkStackFile, parseMessages } from "../src/commands/inspect.js";
import { findStackFile } from "../src/stack-file/find-stack-file.js";
import { loadStack } from "../src/stack-file/load-stack.js";
import { folderWith, VALID_STACK } from "./helpers.js";

/** Loads a stack file with this text and gives its one problem. */
async function problemOf(text: string, files: Record<string, string> = {}) {
  const { problems } = await loadStack(join(folderWith({ "stack.ts": text, ...files }), "stack.ts"));
  assert.equal(problems.length, 1, JSON.stringify(problems, null, 2));
  const [problem] = problems;
  assert.ok(problem);
  return problem;
}

test("without --stack it is stacks/voting where there is one, else this folder", () => {
  const repository = folderWith({ "stacks/voting/stack.ts": VALID_STACK, "stack.ts": VALID_STACK });
  assert.equal(findStackFile(repository, null).file, join(repository, "stacks/voting/stack.ts"));
  assert.equal(findStackFile(dirname(join(repository, "stacks/voting/stack.ts")), null).file, join(repository, "stacks/voting/stack.ts"));
});

test("--stack takes a folder or a file", () => {
  const folder = folderWith({ "a/stack.ts": VALID_STACK, "b/other.ts": VALID_STACK });
  assert.equal(findStackFile(folder, "a").file, join(folder, "a/stack.ts"));
  assert.equal(findStackFile(folder, "b/other.ts").file, join(folder, "b/other.ts"));
});

test("a missing stack file says where it was looked for", () => {
  const folder = folderWith({ "empty/readme.md": "" });
  const { problem } = findStackFile(folder, "empty");
  assert.deepEqual([problem?.code, problem?.at, problem?.found], ["STACK_FILE_MISSING", "empty/stack.ts", "no stack.ts in empty"]);
  assert.equal(findStackFile(folder, "nowhere").problem?.found, "nothing at nowhere");
  assert.equal(findStackFile(folder, "nowhere.ts").problem?.at, "nowhere.ts");
  assert.equal(findStackFile(folder, null).problem?.fix, "name its folder: --stack DIR");
});

test("a valid stack is loaded with what it imports, in TypeScript or JavaScript", async () => {
  const folder = folderWith({
    "stack.ts": VALID_STACK.replace('"tiny"', "name").replace("import", 'import { name } from "./name.js";\nimport'),
    "name.ts": 'export const name: string = "tiny";',
    "plain/stack.js": VALID_STACK,
  });
  for (const file of ["stack.ts", "plain/stack.js"]) {
    const { definition, problems } = await loadStack(join(folder, file));
    assert.deepEqual(problems, []);
    assert.equal(definition?.name, "tiny");
  }
});

test("a stack file of a CommonJS package is loaded too", async () => {
  const folder = folderWith({ "stack.ts": VALID_STACK, "package.json": "{}" });
  assert.equal((await loadStack(join(folder, "stack.ts"))).definition?.name, "tiny");
});

test("a file without a default export is told from one whose default export is no stack", async () => {
  const none = await problemOf("export const stack = 1;");
  assert.deepEqual([none.code, none.found], ["STACK_FILE_NO_DEFAULT_EXPORT", "only the exports stack"]);
  const wrong = await problemOf("export default () => 1;");
  assert.deepEqual([wrong.code, wrong.found], ["STACK_FILE_NOT_A_STACK", "a function"]);
});

test("a file that throws is shown with the line that did", async () => {
  const problem = await problemOf(
    'const a = 1;\nfunction fail(): never {\n  throw new RangeError("too far");\n}\nfail();\nexport default a;\n',
  );
  assert.deepEqual([problem.code, problem.at, problem.found], ["STACK_FILE_THROWS", "stack.ts:3:9", "RangeError: too far"]);
  assert.match(problem.fix, /line 3/);
});

test("a place is found in a folder with blanks and percent signs", async () => {
  const folder = folderWith({ "odd 100% folder/stack.ts": 'throw new Error("no");\n' });
  const { problems } = await loadStack(join(folder, "odd 100% folder/stack.ts"));
  assert.deepEqual([problems[0]?.code, problems[0]?.at], ["STACK_FILE_THROWS", "stack.ts:1:7"]);
});

test("a package or file that is not there is told from other failures", async () => {
  const problem = await problemOf('import { x } from "./gone.js";\nexport default x;\n');
  assert.equal(problem.code, "STACK_FILE_THROWS");
  assert.match(problem.found, /gone\.js/);
  assert.equal(problem.fix, "correct the import, or install the package");
});

test("a syntax error is shown with its place and its line", async () => {
  const problem = await problemOf("const a = 1;\nexport default = a;\n");
  assert.deepEqual([problem.code, problem.at, problem.found], ["STACK_FILE_TYPE_ERROR", "stack.ts:2:16", "export default = a;"]);
});

test("check finds what TypeScript and what the model find, all at once", async () => {
  const text = VALID_STACK.replace("port: 80", 'port: "eighty"').replace("runs: [web, db]", "runs: [web]");
  const folder = folderWith({ "stack.ts": text });
  const { problems, summary } = await checkStackFile(folder, null);
  const codes = problems.map((problem) => problem.code);
  assert.deepEqual([...new Set(codes)].sort(), ["OPTION_INVALID", "SERVICE_WITHOUT_HOST", "STACK_FILE_TYPE_ERROR"]);
  assert.equal(summary, null);
  const typeProblem = problems.find((problem) => problem.code === "STACK_FILE_TYPE_ERROR");
  assert.equal(typeProblem?.at, "stack.ts:5:56");
  assert.match(typeProblem?.message ?? "", /^TS2322: Type 'string' is not assignable to type 'number/);
});

test("check says a syntax error once", async () => {
  const { problems } = await checkStackFile(folderWith({ "stack.ts": "export default stack(;\n" }), null);
  const places = problems.map((problem) => problem.at);
  assert.deepEqual(places, [...new Set(places)]);
  assert.ok(problems.every((problem) => problem.code === "STACK_FILE_TYPE_ERROR"));
});

test("check sums up a valid stack", async () => {
  const { summary } = await checkStackFile(folderWith({ "stack.ts": VALID_STACK }), null);
  assert.match(summary ?? "", /^stack tiny is valid: 2 components, 1 link, 1 host, \d+ rules$/);
});

test("tsc's messages are read with their further lines", () => {
  const output =
    "a/stack.ts(2,7): error TS2322: Type 'A' is not B.\n  Property 'x' is missing.\nstack.ts(9,1): error TS1005: ';' expected.\n";
  const read = parseMessages(output, "/work").map((message) => ({ ...message, path: relative("/work", message.path) }));
  assert.deepEqual(read, [
    { path: "a/stack.ts", line: 2, column: 7, message: "TS2322: Type 'A' is not B.\nProperty 'x' is missing." },
    { path: "stack.ts", line: 9, column: 1, message: "TS1005: ';' expected." },
  ]);
});
