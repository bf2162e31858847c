import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import type { TerraformProof } from "@groundplan/prove";
import { parseArguments } from "../src/groundplan.js";
import { proveTerraformFiles, renderProof } from "../src/prove/prove.js";
import { folderWith, run } from "./helpers.js";

test("variables are NAME=VALUE, and the value may have anything in it", () => {
  const parse = (...words: string[]) => {
    const { options } = parseArguments(
      { path: "prove terraform", command: proveTerraformFiles },
      words.flatMap((word) => ["--var", word]),
    );
    return Object.fromEntries(options.var as Map<string, string>);
  };
  assert.deepEqual(parse("project=shop", "key=a=b\nc", "empty="), { project: "shop", key: "a=b\nc", empty: "" });
  for (const word of ["project", "=x", "1x=y"])
    assert.throws(() => parse(word), { name: "UsageError", message: /is written NAME=VALUE, for example .*, not / });
});

test("a proof shows each resource, each claim with what contradicts it, and what came of it", () => {
  const proof: TerraformProof = {
    steps: [],
    resources: [{ address: "aws_vpc.main", type: "aws_vpc", name: "main", values: { id: "vpc-1" } }],
    checks: [
      { claim: "it holds", holds: true, contradictions: [] },
      { claim: "it does not", holds: false, contradictions: ["aws_vpc.main is odd"] },
      { claim: "nobody knows", holds: null, contradictions: [] },
    ],
    proven: false,
  };
  assert.equal(
    renderProof({ shown: "infra", folder: "/infra", plan: null }, proof),
    `RESOURCE      ID
aws_vpc.main  vpc-1

✓ it holds
✗ it does not
    aws_vpc.main is odd
– nobody knows: nothing here to hold it against

infra: not proven`,
  );
});

test("wrong words are wrong usage", async () => {
  const folder = folderWith({});
  for (const words of [["ansible"], [], ["terraform", "--var", "x"]])
    assert.equal((await run(folder, "prove", ...words)).code, 2, words.join(" "));
  assert.match((await run(folder, "prove", "ansible")).err, /prove has no command "ansible" \(commands: terraform\)\./);
});

test("no terraform, and one that is too old, are said with what to do", async () => {
  const folder = folderWith({ "infra/main.tf": "" });
  const nothing = await runWith(folder, {});
  assert.deepEqual([nothing.code, nothing.out], [1, ""]);
  assert.match(nothing.err, /^groundplan: neither terraform nor tofu is installed on this machine\n {2}fix: install it from https/);
  const old = await runWith(folder, { terraform: version("1.9.8") });
  assert.match(old.err, /^groundplan: terraform 1\.9\.8 is too old: 1\.10 or newer is needed\n {2}fix: /);
  const odd = await runWith(folder, { terraform: "echo it is broken >&2; exit 3" });
  assert.match(odd.err, /^groundplan: terraform does not say its version: it is broken\n/);
  const tofu = await runWith(folder, { tofu: version("1.8.0") });
  assert.match(tofu.err, /^groundplan: tofu 1\.8\.0 is too old/);
});

test("a folder without .tf files is named", async () => {
  const folder = folderWith({ "empty/readme.md": "" });
  for (const dir of ["empty", "missing"]) {
    const { code, err } = await runWith(folder, { terraform: version("1.11.4") }, dir);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`^groundplan: there are no \\.tf files in ${dir}\\n {2}fix: `));
  }
});

function version(text: string): string {
  return `echo '{"terraform_version": "${text}"}'`;
}

/** Proves a folder on a machine that has only these programs, each a line of shell. */
async function runWith(folder: string, programs: Readonly<Record<string, string>>, dir = "infra") {
  const bin = folderWith({});
  for (const [name, script] of Object.entries(programs)) {
    mkdirSync(dirname(join(bin, name)), { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const path = process.env.PATH;
  process.env.PATH = [bin].join(delimiter);
  try {
    return await run(folder, "prove", "terraform", "--dir", dir);
  } finally {
    process.env.PATH = path;
  }
}
