import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folderWith, run, VALID_STACK } from "./helpers.js";

const INVALID_STACK = VALID_STACK.replace("runs: [web, db]", "runs: [db]");

test("check says on stdout that a stack is valid, and on stderr what is wrong with one that is not", async () => {
  const good = await run(folderWith({ "stack.ts": VALID_STACK }), "check");
  assert.deepEqual([good.code, good.err], [0, ""]);
  assert.match(good.out, /^stack tiny is valid/);

  const bad = await run(folderWith({ "stack.ts": INVALID_STACK }), "check");
  assert.deepEqual([bad.code, bad.out], [1, ""]);
  assert.match(bad.err, /^stack\.ts has 1 problem\n {2}services\.web.* SERVICE_WITHOUT_HOST\n/);
  assert.doesNotMatch(bad.err, /^\s+at /m);
});

test("check --json gives the problems on stdout", async () => {
  const good = await run(folderWith({ "stack.ts": VALID_STACK }), "check", "--json");
  assert.deepEqual([good.code, JSON.parse(good.out)], [0, { stack: "tiny", valid: true, problems: [] }]);
  const bad = await run(folderWith({ "stack.ts": INVALID_STACK }), "check", "--json");
  const report = JSON.parse(bad.out);
  assert.deepEqual([bad.code, report.valid, report.problems[0].code], [1, false, "SERVICE_WITHOUT_HOST"]);
  const missing = await run(folderWith({}), "check", "--json");
  assert.deepEqual([missing.code, JSON.parse(missing.out).problems[0].code], [1, "STACK_FILE_MISSING"]);
});

test("rules --json has exactly the agreed keys, the table has the same rows", async () => {
  const folder = folderWith({ "stack.ts": VALID_STACK });
  const { code, out } = await run(folder, "rules", "--json");
  const rules: Record<string, unknown>[] = JSON.parse(out);
  assert.equal(code, 0);
  for (const rule of rules) assert.deepEqual(Object.keys(rule), ["group", "direction", "port", "protocol", "source", "purpose"]);
  assert.ok(rules.some((rule) => rule.group === "one" && rule.direction === "ingress" && rule.port === 80));

  const table = (await run(folder, "rules")).out.split("\n");
  assert.match(table[0] ?? "", /^GROUP +DIRECTION +PORT +PROTOCOL +SOURCE +PURPOSE$/);
  assert.equal(table.length, rules.length + 1);
});

test("a command that needs a valid stack shows the problems of one that is not, and exits 1", async () => {
  const folder = folderWith({ "stack.ts": INVALID_STACK });
  for (const words of [["rules", "--json"], ["graph"], ["synth", "graph", "--out", "out"], ["up"]]) {
    const { code, out, err } = await run(folder, ...words);
    assert.deepEqual([code, out], [1, ""], words.join(" "));
    assert.match(err, /^stack\.ts has 1 problem/, words.join(" "));
  }
  assert.equal(existsSync(join(folder, "out")), false);
  assert.equal(existsSync(join(folder, ".groundplan")), false);
});

test("graph draws Mermaid on stdout, or SVG into a file", async () => {
  const folder = folderWith({ "stack.ts": VALID_STACK });
  const mermaid = await run(folder, "graph");
  assert.deepEqual([mermaid.code, mermaid.err], [0, ""]);
  assert.match(mermaid.out, /web[\s\S]*db/);
  const svg = await run(folder, "graph", "--format", "svg", "--out", "doc/stack.svg");
  assert.deepEqual(svg, { code: 0, out: "", err: "wrote doc/stack.svg" });
  assert.match(readFileSync(join(folder, "doc/stack.svg"), "utf8"), /^(<\?xml.*\?>\s*)?(<!--[\s\S]*?-->\s*)?<svg/);
  assert.equal((await run(folder, "graph", "--format", "png")).code, 2);
});

test("synth writes a target's files, and --check fails as long as they are not the stack's", async () => {
  const folder = folderWith({ "stack.ts": VALID_STACK });
  const before = await run(folder, "synth", "graph", "--out", "out", "--check");
  assert.deepEqual([before.code, before.out], [1, ""]);
  assert.match(before.err, /out\/graph\.mmd is missing\nout\/graph\.svg is missing\nnext: groundplan synth graph --out out/);

  const written = await run(folder, "synth", "graph", "--out", "out");
  assert.deepEqual([written.code, written.out], [0, "wrote out/graph.mmd\nwrote out/graph.svg"]);
  assert.deepEqual((await run(folder, "synth", "graph", "--out", "out", "--check")).code, 0);

  writeFileSync(join(folder, "out/graph.mmd"), "changed by hand");
  const changed = await run(folder, "synth", "graph", "--out", "out", "--check", "--json");
  assert.deepEqual([changed.code, JSON.parse(changed.out).differences], [1, ["graph.mmd differs"]]);
  assert.equal(readFileSync(join(folder, "out/graph.mmd"), "utf8"), "changed by hand");
});

test("synth keeps secrets out of git and out of what it prints, and the same in every folder", async (context) => {
  const folder = folderWith({ "stack.ts": VALID_STACK.replace('local: "node web.js"', 'image: build("./web")') });
  const git = spawnSync("git", ["init", "--quiet"], { cwd: folder });
  if (git.error !== undefined) return context.skip("needs git");
  for (const [target, secretFile, others] of [
    ["compose", ".env", 3],
    ["swarm", "secrets/db-password", 3],
  ] as const) {
    const missing = await run(folder, "synth", target, "--out", `out/${target}`, "--check");
    assert.equal(missing.code, 1);
    assert.ok(missing.err.includes(`out/${target}/${secretFile} is missing\n`), missing.err);

    const { code, out, err } = await run(folder, "synth", target, "--out", `out/${target}`);
    assert.equal(code, 0, err);
    assert.match(out, new RegExp(`\nwrote out/${target}/${secretFile} \\(1 secret, kept out of git\\)`));
    assert.equal((await run(folder, "synth", target, "--out", `out/${target}`, "--check")).code, 0);
    const { "db-password": password } = JSON.parse(readFileSync(join(folder, ".groundplan/tiny/secrets.json"), "utf8"));
    assert.ok(readFileSync(join(folder, "out", target, secretFile), "utf8").includes(password));
    assert.ok(!`${missing.out}${missing.err}${out}${err}`.includes(password));

    const again = await run(folder, "synth", target, "--out", `again/${target}`, "--json");
    const { files, secretFiles } = JSON.parse(again.out);
    assert.equal(files.length, others);
    for (const path of [...files, ...secretFiles]) {
      const [one, two] = ["out", "again"].map((place) => readFileSync(join(folder, place, target, path), "utf8"));
      assert.equal(one, two, path);
    }
    const tracked = spawnSync("git", ["ls-files", "--others", "--exclude-standard", `out/${target}`], { cwd: folder, encoding: "utf8" });
    assert.deepEqual(tracked.stdout.trim().split("\n").sort(), files.map((path: string) => `out/${target}/${path}`).sort());
  }
});

test("synth --check names what .env lacks, and no value of it", async () => {
  const folder = folderWith({ "stack.ts": VALID_STACK.replace('local: "node web.js"', 'image: build("./web")') });
  await run(folder, "synth", "compose", "--out", "out");
  writeFileSync(join(folder, "out/.env"), "WEB_PORT=9000\nCOMPOSE_PROJECT_NAME=mine\n");
  const { code, out, err } = await run(folder, "synth", "compose", "--out", "out", "--check");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^out\/\.env lacks DB_PASSWORD\nnext: /);
  const completed = await run(folder, "synth", "compose", "--out", "out");
  assert.match(completed.out, /completed out\/\.env \(1 secret, kept out of git\)/);
  assert.match(readFileSync(join(folder, "out/.env"), "utf8"), /^WEB_PORT=9000\nCOMPOSE_PROJECT_NAME=mine\nDB_PASSWORD=\S+\n$/);
});

test("the files of a target know their way to the stack from wherever they lie", async () => {
  const folder = folderWith({ "stacks/tiny/stack.ts": VALID_STACK.replace('local: "node web.js"', 'image: build("./web")') });
  for (const [out, way] of [
    ["stacks/tiny/out/compose", "../../web"],
    ["elsewhere", "../stacks/tiny/web"],
    ["stacks/tiny", "./web"],
  ] as const) {
    await run(folder, "synth", "compose", "--stack", "stacks/tiny", "--out", out);
    assert.ok(readFileSync(join(folder, out, "compose.yaml"), "utf8").includes(`"${way}"`), out);
  }
});

test("an unknown target names those that exist; a missing --out is wrong usage", async () => {
  const folder = folderWith({ "stack.ts": VALID_STACK });
  const unknown = await run(folder, "synth", "grahp", "--out", "out");
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /there is no target "grahp" \(targets: .*graph.*\)\. Did you mean "graph"\?/);
  const missing = await run(folder, "synth", "graph");
  assert.deepEqual([missing.code, missing.err.split("\n")[1]], [2, "See: groundplan synth --help"]);
});

test("a folder that cannot be written to is said without a stack trace", async () => {
  const folder = folderWith({ "stack.ts": VALID_STACK, "out/graph.mmd/inside": "" });
  const { code, err } = await run(folder, "synth", "graph", "--out", "out");
  assert.equal(code, 1);
  assert.match(err, /^groundplan: E\w+: .*graph\.mmd/);
  assert.doesNotMatch(err, /\n\s+at /);
});
