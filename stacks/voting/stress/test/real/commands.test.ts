import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "@groundplan/testing";

const NODE_OPTIONS = ["--conditions=source", "--import", import.meta.resolve("tsx")];
const folder = mkdtempSync(join(tmpdir(), "voting-stress-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: "stress" | "audit", ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const main = fileURLToPath(new URL(`../../src/${command}-main.ts`, import.meta.url));
  const { DB_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [...NODE_OPTIONS, main, ...words], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    texts.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    texts.err += chunk;
  });
  const [code] = (await once(child, "close")) as [number];
  assert.doesNotMatch(texts.err, /^\s+at /m, "no stack trace");
  return { code, ...texts };
}

const nobody = async (): Promise<string[]> => {
  const url = `http://127.0.0.1:${await freePort()}`;
  return ["--vote", url, "--result", url];
};

test("wrong words exit 2 with a sentence and the usage, on standard error", async () => {
  const wrong = await run("stress", "heavvy");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  assert.match(wrong.err, /^"heavvy" is neither .*; did you mean heavy\?\n\nnpm run stress -- /);
  const audit = await run("audit", "now", "--jsno");
  assert.deepEqual([audit.code, audit.out], [2, ""]);
  assert.match(audit.err, /^there is no option --jsno; did you mean --json\?\n"now" is one word too many\n\nnpm run audit/);
});

test("--help goes to standard output, exits 0, and says how it measures and where the ceiling is", async () => {
  for (const command of ["stress", "audit"] as const) {
    const { code, out, err } = await run(command, "--help");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, new RegExp(`^npm run ${command} -- `));
  }
  const { out } = await run("stress", "10", "5", "-h");
  assert.match(out, /At most\s+900 requests are under way/);
  assert.match(out, /the n-th vote has arrived when the level has gained n/);
});

test("a stack that does not run is said, with the way to start it", async () => {
  const place = await nobody();
  for (const answer of [await run("stress", "10", "5", ...place), await run("audit", ...place)]) {
    assert.deepEqual([answer.code, answer.out], [1, ""]);
    assert.match(answer.err, /nothing answers there; is the stack running\? \(npm start\)\n$/);
  }
});

test("the address of another service is said to be one", async (t) => {
  const server = createServer((_request, response) => response.end("<h1>hello</h1>")).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const { code, err } = await run("stress", "10", "5", "--vote", url, "--result", url);
  assert.equal(code, 1);
  assert.match(err, /address is another service's|is this the address of the result service\?/);
});

test("a report that cannot be written is said before the load, and nothing is left behind by the trial", async () => {
  const place = await nobody();
  const missing = await run("stress", "10", "5", "--report", "no/such/folder/r.html", ...place);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /^the report cannot be written to no\/such\/folder\/r\.html: ENOENT/);
  assert.match((await run("stress", "10", "5", "--report", folder, ...place)).err, /^the report cannot be written to .*: EISDIR/);
  assert.match((await run("stress", "10", "5", "--report", "r.html", ...place)).err, /nothing answers there/);
  assert.equal(existsSync(join(folder, "r.html")), false);
  writeFileSync(join(folder, "old.html"), "old");
  await run("stress", "10", "5", "--report", "old.html", ...place);
  assert.equal(existsSync(join(folder, "old.html")), true);
});

test("a database that cannot be read is said without its password", async () => {
  const place = await nobody();
  const { code, err } = await run("audit", "--db", `postgres://app:hush@127.0.0.1:${await freePort()}/app`, ...place);
  assert.equal(code, 1);
  assert.match(err, /^the database at 127\.0\.0\.1:\d+\/app cannot be read: .*ECONNREFUSED/);
  assert.doesNotMatch(err, /hush/);
});
