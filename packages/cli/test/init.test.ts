import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { toolDependency } from "../src/init/init.js";
import { folderWith, run } from "./helpers.js";

test("init writes a stack that check finds valid, and says what to do next", async () => {
  const folder = folderWith({});
  const { code, out, err } = await run(folder, "init", "My Shop");
  assert.deepEqual([code, err], [0, "next: cd 'My Shop' && npm install && npm start"]);
  const files = ["stack.ts", "web/main.mjs", "web/Dockerfile", "web/.dockerignore", "package.json", ".gitignore", "README.md"];
  assert.deepEqual(
    out.split("\n"),
    files.map((file) => `wrote My Shop/${file}`),
  );
  const manifest = JSON.parse(readFileSync(join(folder, "My Shop/package.json"), "utf8"));
  assert.equal(manifest.name, "my-shop");
  assert.match(manifest.dependencies.groundplan, /^file:(\.\.\/)+.*packages\/cli$/);
  const check = await run(folder, "check", "--stack", "My Shop");
  assert.deepEqual([check.code, check.out], [0, "stack my-shop is valid: 2 components, 1 link, 1 host, 3 rules"]);
});

test("init takes an empty folder, this one too, and a repository without a file", async () => {
  const folder = folderWith({});
  mkdirSync(join(folder, "empty/.git"), { recursive: true });
  const { code, out, err } = await run(join(folder, "empty"), "init", ".", "--name", "shop", "--json");
  const report = JSON.parse(out);
  assert.deepEqual([code, err, report.name, report.folder], [0, "", "shop", join(folder, "empty")]);
  assert.deepEqual(report.next, ["npm install", "npm start"]);
  for (const file of report.files) assert.ok(existsSync(join(folder, "empty", file)), file);
});

test("init writes nothing into a folder that is not empty, and lists what is there", async () => {
  const folder = folderWith({ "full/b.txt": "", "full/.a": "" });
  const { code, out, err } = await run(folder, "init", "full");
  assert.deepEqual([code, out], [1, ""]);
  assert.equal(err, "groundplan: full is not empty; nothing was written\n    .a\n    b.txt\n  fix: name a folder that is missing or empty");
  assert.deepEqual(readdirSync(join(folder, "full")).sort(), [".a", "b.txt"]);
});

test("init says what is wrong with a folder that cannot be one", async () => {
  const folder = folderWith({ file: "" });
  for (const [name, message] of [
    ["file", /^groundplan: file is a file\n {2}fix: /],
    ["file/below", /^groundplan: the stack cannot be written: ENOTDIR.*\n {2}fix: /],
  ] as const) {
    const { code, err } = await run(folder, "init", name);
    assert.equal(code, 1, name);
    assert.match(err, message);
    assert.doesNotMatch(err, /^\s+at /m);
  }
});

test("wrong usage of init is told: no folder, and a name that no target can use", async () => {
  const folder = folderWith({});
  const nothing = await run(folder, "init");
  assert.deepEqual([nothing.code, nothing.err.split("\n")[0]], [2, "groundplan: init needs <dir>: a folder that is missing or empty."]);
  for (const name of ["My_Shop", "groundplan", "a".repeat(41)]) {
    const { code, err } = await run(folder, "init", "shop", "--name", name);
    assert.equal(code, 2, name);
    assert.match(err, /Allowed: 1 to 40 of a-z, 0-9 and single hyphens/);
  }
  assert.equal(existsSync(join(folder, "shop")), false);
});

test("a name that is taken from the folder is made fit", async () => {
  for (const [folderName, name] of [
    ["groundplan", "groundplan-app"],
    ["123", "app"],
    ["CatsOrDogs.v2", "cats-or-dogs-v2"],
  ] as const) {
    const { out } = await run(folderWith({}), "init", folderName, "--json");
    assert.equal(JSON.parse(out).name, name);
  }
});

test("the dependency is the way to a checkout, or the version that was installed", () => {
  const folder = folderWith({ "node_modules/tool/package.json": '{ "version": "1.2.3" }', "checkout/package.json": "{}", "app/x": "" });
  symlinkSync(join(folder, "checkout"), join(folder, "node_modules", "linked"));
  assert.equal(toolDependency(join(folder, "app"), join(folder, "node_modules/tool")), "^1.2.3");
  assert.equal(toolDependency(join(folder, "app"), join(folder, "checkout")), "file:../checkout");
  assert.equal(toolDependency(join(folder, "app"), join(folder, "node_modules/linked")), "file:../checkout");
});
