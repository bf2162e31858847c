import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort, runProgram, tryProgram } from "@groundplan/testing";

const PROGRAM = fileURLToPath(new URL("../../bin/groundplan.js", import.meta.url));
const BIOME = fileURLToPath(new URL("../../../../node_modules/@biomejs/biome/bin/biome", import.meta.url));
/** The settings of this repository, without its git. */
const CONFIG = realpathSync(mkdtempSync(join(tmpdir(), "groundplan-biome-")));
writeFileSync(
  join(CONFIG, "biome.json"),
  JSON.stringify({ formatter: { indentStyle: "space", lineWidth: 140 }, linter: { rules: { preset: "recommended" } } }),
);

const parent = realpathSync(mkdtempSync(join(tmpdir(), "groundplan-init-")));
const folder = join(parent, "shop");

before(async () => {
  await runProgram(process.execPath, [PROGRAM, "init", "shop"], { cwd: parent });
  // It links the tool, and asks no registry for anything.
  await runProgram("npm", ["install", "--offline", "--no-audit", "--no-fund"], { cwd: folder });
});

after(() => {
  for (const temporary of [parent, CONFIG]) rmSync(temporary, { recursive: true, force: true });
});

test("npm start of a new stack runs at once: the page shows the database, and Ctrl-C ends everything", async () => {
  const port = await freePort();
  const words = ["start", "--", "--port", `web=${port}`, "--no-control-room"];
  const child = spawn("npm", words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const ended = once(child, "close");
  let said = "";
  const ready = new Promise<boolean>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        said += chunk;
        if (said.includes("Ctrl-C stops everything")) done(true);
      });
    }
    child.on("close", () => done(false));
  });
  try {
    assert.ok(await ready, said);
    const page = await fetch(`http://127.0.0.1:${port}/`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /^Hello! The database app of app at 127\.0\.0\.1:\d+ answers\.\n$/);
    for (const path of ["healthz", "readyz", "livez"]) assert.equal((await fetch(`http://127.0.0.1:${port}/${path}`)).status, 200, path);
    assert.equal((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status, 404);
  } finally {
    // As a terminal does it: every process of the group gets the signal.
    process.kill(-(child.pid ?? 0), "SIGINT");
    await ended;
  }
  assert.match(said, /shop has stopped/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
});

test("check and synth compose take a new stack, and docker-compose takes the files", async (context) => {
  await runProgram("npm", ["run", "check"], { cwd: folder });
  await runProgram("npx", ["groundplan", "synth", "compose", "--stack", ".", "--out", "out"], { cwd: folder });
  assert.ok(readdirSync(join(folder, "out")).includes("compose.yaml"));
  if ((await tryProgram("docker-compose", ["version"])).code !== 0) return context.skip("needs docker-compose");
  const config = await runProgram("docker-compose", ["--file", "out/compose.yaml", "config"], { cwd: folder });
  assert.match(config, /DB_HOST: db/);
});

test("a new stack is formatted and linted as stacks are", async () => {
  const { code, stdout, stderr } = await tryProgram(process.execPath, [BIOME, "check", "--config-path", CONFIG, "stack.ts", "web"], {
    cwd: folder,
  });
  assert.equal(code, 0, stdout + stderr);
});
