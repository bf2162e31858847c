import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Problem } from "@groundplan/model";
import { renderProblems } from "../src/output/render-problems.js";
import { renderTable } from "../src/output/tables.js";
import { differences, writeFileAtomically, writeFiles } from "../src/output/write-files.js";
import { folderWith } from "./helpers.js";

test("a table's columns are aligned and no line ends in blanks", () => {
  assert.equal(
    renderTable(
      ["a", "long title"],
      [
        ["first", "x"],
        ["2", ""],
      ],
    ),
    "A      LONG TITLE\nfirst  x\n2",
  );
});

test("problems come with their place, what was found and allowed, and a fix", () => {
  const problems: Problem[] = [
    {
      at: "services.vote.uses.redsi",
      code: "LINK_TARGET_UNKNOWN",
      message: "no such component",
      found: '"redsi"',
      allowed: "db, redis",
      fix: 'write "redis"',
    },
    { at: "hosts", code: "NO_BASTION", message: "no way in", found: "", allowed: "", fix: "add a public host" },
  ];
  assert.equal(
    renderProblems("/somewhere/stack.ts", problems),
    [
      "stack.ts has 2 problems",
      "  services.vote.uses.redsi   LINK_TARGET_UNKNOWN",
      "    no such component",
      '    found: "redsi"',
      "    allowed: db, redis",
      '    fix: write "redis"',
      "  hosts                      NO_BASTION",
      "    no way in",
      "    fix: add a public host",
    ].join("\n"),
  );
  assert.match(renderProblems("stack.ts", problems.slice(1)), /^stack\.ts has 1 problem\n/);
});

test("files are written whole, folders are made, and nothing unfinished is left", () => {
  const folder = folderWith({});
  writeFiles(join(folder, "out"), [{ path: "a/b.txt", text: "one" }]);
  writeFiles(join(folder, "out"), [{ path: "a/b.txt", text: "two" }]);
  assert.equal(readFileSync(join(folder, "out/a/b.txt"), "utf8"), "two");
  assert.deepEqual(readdirSync(join(folder, "out/a")), ["b.txt"]);
});

test("a file that cannot take its place leaves nothing unfinished behind", () => {
  const folder = folderWith({});
  mkdirSync(join(folder, "taken", "inside"), { recursive: true });
  assert.throws(() => writeFileAtomically(join(folder, "taken"), "text"));
  assert.deepEqual(readdirSync(folder).sort(), ["node_modules", "package.json", "taken"]);
});

test("a file that is missing or differs is named, one that is the same is not", () => {
  const folder = folderWith({ "same.txt": "x", "other.txt": "y" });
  const files = ["same.txt", "other.txt", "gone.txt"].map((path) => ({ path, text: "x" }));
  assert.deepEqual(differences(folder, files), ["other.txt differs", "gone.txt is missing"]);
});
