import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { copyTree, installedCheckout, openFolder } from "./checkout.js";
import {
  CLEAN_END,
  castVote,
  endWhatIsLeft,
  findProgram,
  firstBelow,
  type How,
  needsRoot,
  pressCtrlC,
  type Stop,
  start,
  startAndVote,
  startTwice,
  untilEnded,
  untilRunning,
  type Voted,
} from "./start.js";

const base = openFolder();
const checkout = join(base, "groundplan");
before(() => installedCheckout(checkout));

/** An environment, each of which decided once somewhere whether a program works. */
const SHELLS: readonly { readonly what: string; readonly env: NonNullable<How["env"]> }[] = [
  { what: "LANG=C", env: { LANG: "C", LC_ALL: "C", LANGUAGE: undefined } },
  { what: "a language that is not installed", env: { LANG: "xx_XX.UTF-8", LC_ALL: "xx_XX.UTF-8" } },
  { what: "HOME unset", env: { HOME: undefined } },
  { what: "NODE_ENV=production", env: { NODE_ENV: "production" } },
  {
    what: "PG* and the services' own variables in the shell",
    env: {
      PGHOST: "db.example.com",
      PGPORT: "1",
      PGUSER: "me",
      PGPASSWORD: "secret",
      PGDATABASE: "mine",
      PGDATA: "/nonexistent",
      PGSSLMODE: "verify-full",
      PGOPTIONS: "-c search_path=nowhere",
      PORT: "1",
      HOST: "192.0.2.1",
      QUEUE_URL: "redis://192.0.2.1",
      DB_URL: "postgres://192.0.2.1/x",
      REDIS_URL: "redis://192.0.2.1",
      OPTIONS: "Tea, Coffee",
      OPTION_A: "",
      VOTER_KEY: "",
      MAX_VIEWERS: "0",
      RESULT_PAGE: "x",
      VOTE_PAGE: "x",
    },
  },
];

for (const { what, env } of SHELLS)
  test(what, async () => {
    await votesOnce({ folder: checkout, env });
  });

test("TMPDIR elsewhere, in a folder that is no longer there", async () => {
  await votesOnce({ folder: checkout, env: { TMPDIR: join(base, "gone") } });
});

test("few programs on the PATH", async () => {
  await votesOnce({ folder: checkout, env: { PATH: folderOfPrograms("few", ["node", "npm", "sh"]) } });
});

test("another PostgreSQL on the PATH is not used", async () => {
  const programs = join(base, "other-postgresql");
  const traces = join(base, "traces");
  mkdirSync(programs);
  for (const name of ["initdb", "postgres", "pg_ctl", "psql"]) {
    writeFileSync(join(programs, name), `#!/bin/sh\necho "$0" >> "${traces}"\nexit 3\n`);
    chmodSync(join(programs, name), 0o755);
  }
  await votesOnce({ folder: checkout, env: { PATH: `${programs}:${process.env.PATH}` } });
  assert.equal(existsSync(traces), false);
});

test("a path with spaces, quotes, percent signs and umlauts", async (t) => {
  const above = join(base, `Gr\u00fc\u00dfe & 50% it's "$HOME" \u2713`);
  mkdirSync(above);
  await startTwice({ folder: movedTo(t, join(above, "my groundplan")) });
});

test("a symbolic link to the checkout", async () => {
  const link = join(base, "link");
  symlinkSync(checkout, link);
  await startTwice({ folder: link, env: { PWD: link } });
});

test("a folder that was moved after its first run", async (t) => {
  assert.equal((await startAndVote({ folder: checkout })).total, 1);
  assert.equal((await startAndVote({ folder: movedTo(t, join(base, "moved")), keepsData: true })).total, 2);
});

test("a copy of a folder whose stack runs: both run, each with its own data", async () => {
  await votesOnce({ folder: checkout });
  const copy = join(base, "copy");
  copyTree(checkout, copy);
  const original = await start({ folder: checkout, keepsData: true });
  try {
    await untilRunning(original);
    // What it would have had in it, had it been made just now.
    for (const left of ["run.json", "data/db/postmaster.pid", "data/redis/redis.pid"].map((name) => join(".groundplan", "voting", name))) {
      if (existsSync(join(checkout, left))) copyFileSync(join(checkout, left), join(copy, left));
    }
    assert.equal((await startAndVote({ folder: copy, keepsData: true })).total, 2);
    assert.equal((await castVote(original)).total, 2);
    pressCtrlC(original);
    await untilEnded(original);
  } finally {
    await endWhatIsLeft(original);
  }
});

test("port 8080 is taken", async (t) => {
  const server = createServer()
    .on("error", () => undefined)
    .listen(8080, "127.0.0.1");
  t.after(() => server.close());
  const { output } = await startAndVote({ folder: checkout, options: [] });
  assert.match(output, /port 8080 is taken \(by another program\): vote listens on \d+ instead/);
});

test("/tmp mounted noexec", { skip: needsRoot }, async () => {
  await votesOnce({
    folder: checkout,
    inside: ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o noexec tmpfs /tmp && exec "$@"', "sh"],
    env: { TMPDIR: undefined },
  });
});

test("no IPv6", { skip: needsRoot || (findProgram("ip") === null ? "needs ip" : false) }, async () => {
  const without = 'ip link set lo up && echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && exec "$@"';
  await votesOnce({ folder: checkout, inside: ["unshare", "--net", "sh", "-c", without, "sh"] });
});

test("SIGTERM to npm alone, as kill and supervisors send it", async () => {
  const { output } = await votesOnce({ folder: checkout }, ({ child }) => child.kill("SIGTERM"));
  assert.match(output, CLEAN_END);
});

for (const { what, command, end } of [
  { what: "npm", command: ["npm", "start", "--"], end: /Ctrl-C stops everything/ },
  { what: "node", command: ["node", "scripts/run.mjs", "packages/cli/dist/main.js", "up"], end: CLEAN_END },
]) {
  const how: How = { folder: checkout, command, inside: ["unshare", "--pid", "--fork", "--mount-proc"] };

  test(`a container without an init, whose first process is ${what}: a killed server comes back, SIGTERM ends all, and no vote is lost`, {
    skip: needsRoot,
  }, async () => {
    const { output } = await votesOnce(how, async (started) => {
      const [postmaster] = readFileSync(join(checkout, ".groundplan/voting/data/db/postmaster.pid"), "utf8").split("\n");
      const first = firstBelow(started);
      execFileSync("nsenter", ["--pid", `--target=${first}`, "sh", "-c", `kill -9 ${postmaster}`]);
      assert.equal((await castVote(started)).total, 2);
      process.kill(first, "SIGTERM");
    });
    // npm ends at once, and with the first process of a container the system ends all others: what was acknowledged is on the disk.
    assert.match(output, end);
    assert.equal((await startAndVote({ ...how, keepsData: true })).total, 3);
  });
}

/** With new data. */
async function votesOnce(how: How, stop?: Stop): Promise<Voted> {
  const voted = await startAndVote(how, stop);
  assert.equal(voted.total, 1);
  return voted;
}

/** The checkout at another place, until the test has ended. */
function movedTo(t: TestContext, place: string): string {
  renameSync(checkout, place);
  t.after(() => renameSync(place, checkout));
  return place;
}

function folderOfPrograms(name: string, programs: readonly string[]): string {
  const folder = join(base, name);
  mkdirSync(folder);
  for (const program of programs) symlinkSync(findProgram(program) ?? "", join(folder, program));
  return folder;
}
