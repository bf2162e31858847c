import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { until } from "@groundplan/testing";
import { freshCheckout, openFolder } from "./checkout.js";
import { fromUsersCache, needsRegistry } from "./registry.js";
import { endWhatIsLeft, environment, needsRoot, nothingIsLeft, pressCtrlC, processesOf, start, startAndVote, untilEnded } from "./start.js";

const CACHE = fromUsersCache();
const NOBODY = { uid: 65_534, gid: 65_534 };
const INSTALLING = /^Installing the dependencies/m;
const LIMIT_MS = 240_000;

const base = openFolder();
const fresh = (name: string) => freshCheckout(join(base, name));

test("NODE_ENV=production", async () => {
  const folder = fresh("production");
  const { output } = await startAndVote({ folder, env: { ...CACHE, NODE_ENV: "production" } });
  assert.match(output, INSTALLING);
  assert.match(output, /^Installing the dependencies \(once\): (\d+) of \1 packages, \d+ s$/m);
  const second = await startAndVote({ folder, keepsData: true, env: { NODE_ENV: "production" } });
  assert.doesNotMatch(second.output, INSTALLING);
  assert.equal(second.total, 2);
});

test("a user's settings that leave out what is optional, development's packages and scripts", async () => {
  const home = join(base, "home");
  mkdirSync(home);
  writeFileSync(join(home, ".npmrc"), "omit[]=dev\nomit[]=optional\nignore-scripts=true\n");
  await startAndVote({ folder: fresh("settings"), env: { ...CACHE, HOME: home } });
});

test("who has run npm ci need not wait for it again", async () => {
  const folder = fresh("installed");
  execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: folder, env: environment(CACHE), stdio: "ignore" });
  const { output } = await startAndVote({ folder, env: CACHE });
  assert.doesNotMatch(output, INSTALLING);
});

test("an npm ci that was killed before, and then Ctrl-C while installing: the next start goes on", async () => {
  const folder = fresh("unfinished");
  const modules = join(folder, "node_modules");
  const packages = () => (existsSync(modules) ? readdirSync(modules).filter((name) => !name.startsWith(".")).length : 0);
  const killed = spawn("npm", ["ci", "--ignore-scripts"], { cwd: folder, env: environment(CACHE), stdio: "ignore", detached: true });
  await until("npm has begun", () => packages() > 5, LIMIT_MS);
  process.kill(-(killed.pid ?? Number.NaN), "SIGKILL");
  await once(killed, "close");

  const stopped = await start({ folder, env: CACHE });
  try {
    await until("it has begun", () => processesOf(folder).some(({ words }) => / ci /.test(words)), LIMIT_MS);
    pressCtrlC(stopped);
    await untilEnded(stopped);
    assert.match(stopped.output(), /^Stopped; the next start goes on from here\.$/m);
    await nothingIsLeft(folder);
  } finally {
    await endWhatIsLeft(stopped);
  }
  const { output } = await startAndVote({ folder, env: CACHE });
  assert.match(output, INSTALLING);
});

test("a home that does not exist: npm's cache is in the checkout while it installs", { skip: needsRoot || needsRegistry() }, async () => {
  const folder = fresh("homeless");
  execFileSync("chown", ["-R", `${NOBODY.uid}:${NOBODY.gid}`, folder]);
  const { output } = await startAndVote({ folder, user: NOBODY, env: { HOME: "/nonexistent" } });
  assert.match(output, INSTALLING);
  assert.equal(existsSync(join(folder, ".groundplan", "npm-cache")), false);
});
