import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProgram, PROGRAMS } from "../../../../scripts/programs.mjs";
import { missingProgram, programPath, tryProgram, until } from "../../src/index.js";

const SCRIPT = fileURLToPath(new URL("../../../../scripts/tools.mjs", import.meta.url));
const SUM = "h1:bhZtcRKQOq0fuLvEgCdPYvUxXyGn9kzjG4lh2332DTE=";

/**
 * A folder for tools, and a Go that compiles nothing: it counts its builds in "built", waits while there is a file "wait", and fails where
 * there is a file "broken".
 */
function workshop(context: TestContext, { sum = SUM, version = "go1.26.8" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-tools-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  for (const name of ["bin", "module"]) mkdirSync(at(name));
  writeFileSync(at("module/go.mod"), "module example.com/x\n");
  const go = `#!/bin/sh
case "$1" in
  env) echo ${version} ;;
  mod) echo '{ "Dir": "${at("module")}", "Sum": "${sum}" }' ;;
  build)
    echo built >> ${at("built")}
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\n' > "$2" && chmod +x "$2"
    while [ -e ${at("wait")} ]; do sleep 0.05; done
    if [ -e ${at("broken")} ]; then echo "main.go:1: no such thing"; exit 1; fi ;;
esac
`;
  writeFileSync(at("bin/go"), go, { mode: 0o755 });
  const env = { ...process.env, PATH: `${at("bin")}:/usr/bin:/bin`, GROUNDPLAN_TOOLS: at("tools") };
  const start = (...words: readonly string[]) => {
    const child = spawn(process.execPath, [SCRIPT, ...words], { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        text += chunk;
      });
    return { child, ended: once(child, "close").then(([code]) => ({ code, text })) };
  };
  return {
    at,
    start,
    builds: () => (existsSync(at("built")) ? readFileSync(at("built"), "utf8").trim().split("\n").length : 0),
    isHere: () => "path" in findProgram("caddy", undefined, env),
    left: () => readdirSync(at("tools")).filter((name) => !name.endsWith(".lock")),
  };
}

test("a tool is made once, also by two processes at the same time, and found from then on", async (context) => {
  const { at, start, builds, isHere } = workshop(context);
  writeFileSync(at("wait"), "");
  const both = [start("caddy"), start("caddy")];
  await until("one of them builds", () => builds() === 1);
  assert.equal(isHere(), false, "it is there before it is whole");
  rmSync(at("wait"));
  const texts = await Promise.all(both.map(async ({ ended }) => await ended));
  assert.deepEqual(
    texts.map(({ code }) => code),
    [0, 0],
  );
  assert.match(texts.map(({ text }) => text).join(""), /caddy 2\S+: made in \d+ s: /);
  assert.deepEqual([builds(), isHere()], [1, true]);
  const again = await start("caddy").ended;
  assert.match(again.text, /^caddy 2\S+: is here: \S+\n$/);
  assert.equal(builds(), 1);
});

test("what was ended in the middle never counts as made, and is made anew", async (context) => {
  const { at, start, builds, isHere, left } = workshop(context);
  writeFileSync(at("wait"), "");
  const { child, ended } = start("caddy");
  await until("it builds", () => builds() === 1);
  process.kill(-(child.pid ?? assert.fail()), "SIGKILL");
  await ended;
  assert.deepEqual([isHere(), left().length], [false, 2], "the tool and its source lie there, unfinished");
  rmSync(at("wait"));
  assert.equal((await start("caddy").ended).code, 0);
  assert.deepEqual([isHere(), builds(), left().length], [true, 2, 1]);
});

test("a build that fails is told with its last lines and exit code 1, and leaves nothing that looks finished", async (context) => {
  const { at, start, isHere, left } = workshop(context);
  writeFileSync(at("broken"), "");
  const { code, text } = await start("caddy").ended;
  assert.equal(code, 1);
  assert.match(text, /caddy 2\S+: not made: go build ended with 1:\nmain\.go:1: no such thing\n/);
  assert.deepEqual([isHere(), left()], [false, []]);
  rmSync(at("broken"));
  assert.equal((await start("caddy").ended).code, 0);
});

test("a module whose content is not what it was is not built", async (context) => {
  const { start, builds } = workshop(context, { sum: "h1:another=" });
  const { code, text } = await start("caddy").ended;
  assert.equal(code, 1);
  assert.match(text, /not made: github\.com\/caddyserver\/caddy\/v2 v2\S+ is not what it was: h1:another=/);
  assert.equal(builds(), 0);
});

test("without Go, or with an old one, a tool is left out by name, which is no failure", async (context) => {
  const old = workshop(context, { version: "go1.19.8" });
  const told = await old.start("caddy").ended;
  assert.deepEqual([told.code, told.text], [0, "caddy 2.11.9: left out: needs Go 1.26 or newer, this is 1.19.8\n"]);
  const none = workshop(context);
  rmSync(none.at("bin/go"));
  const { code, text } = await none.start("caddy").ended;
  assert.deepEqual([code, text], [0, "caddy 2.11.9: left out: needs Go 1.26 or newer\n"]);
});

test("a name that is no tool is told with those that are", async (context) => {
  const { start } = workshop(context);
  const { code, text } = await start("cadi").ended;
  assert.equal(code, 2);
  assert.match(text, /^no such tool: cadi \(tools: dockerd-28, /);
});

/** How each of the made programs tells its version. */
const VERSION_WORDS: Readonly<Record<string, readonly string[]>> = {
  "dockerd-28": ["--version"],
  "docker-compose-2": ["version"],
  "docker-buildx": ["version"],
  caddy: ["version"],
  tofu: ["version"],
  "ansible-lint": ["--version"],
  checkov: ["--version"],
  moto: ["--help"],
};

// Where one is missing, this is what says so by name: other tests may run with an older program of Debian's.
for (const [name, { from, version = "" }] of Object.entries(PROGRAMS)) {
  if (from !== "tool") continue;
  test(`${name} is here in the version that was chosen`, async (context) => {
    const path = programPath(name);
    if (path === null) return context.skip(missingProgram(name) ?? "");
    const words = VERSION_WORDS[name] ?? assert.fail(`how does ${name} tell its version?`);
    const { code, stdout, stderr } = await tryProgram(path, words, { limitMs: 120_000 });
    assert.equal(code, 0, stderr);
    // Moto does not tell it.
    if (name !== "moto") assert.ok(stdout.includes(version), stdout);
  });
}
