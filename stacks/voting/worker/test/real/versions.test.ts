import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Databases, freePort, startDatabases, until, untilDone } from "@groundplan/testing";
import pg from "pg";

/** The version before ranks and generations: schema 4. */
const BEFORE = "75a94e6";
const ROOT = fileURLToPath(new URL("../../../../..", import.meta.url));

let databases: Databases;
let older: string | null = null;
const running = new Set<ChildProcess>();

before(async () => {
  databases = await startDatabases({ redis: true });
  older = checkOut(BEFORE);
});
after(async () => {
  for (const child of running) child.kill("SIGKILL");
  if (older !== null) rmSync(older, { recursive: true, force: true });
  await databases.close();
});

/** The repository as it was, with its own packages and the dependencies of today; `null` without a history. */
function checkOut(commit: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-older-"));
  try {
    const archive = execFileSync("git", ["archive", commit, "stacks/voting", "packages", "tsconfig.base.json"], {
      cwd: ROOT,
      maxBuffer: 1e8,
    });
    execFileSync("tar", ["--extract", "--directory", folder], { input: archive });
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@voting"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (!["@voting", "@groundplan", "groundplan", ".bin"].includes(name))
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  for (const name of readdirSync(join(folder, "stacks/voting"))) {
    if (existsSync(join(folder, "stacks/voting", name, "package.json")))
      symlinkSync(join(folder, "stacks/voting", name), join(modules, "@voting", name));
  }
  return folder;
}

interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

async function start(root: string, name: "vote" | "worker"): Promise<Service> {
  const port = await freePort();
  const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx", `stacks/voting/${name}/src/main.ts`], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      HOST: "127.0.0.1",
      QUEUE_URL: databases.redisUrl as string,
      DB_URL: databases.databaseUrl,
      VOTER_KEY: "a key for the tests of versions",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  running.add(child);
  const url = `http://127.0.0.1:${port}`;
  await until(`${name} is healthy`, async () => (await fetch(`${url}/healthz`).catch(() => null))?.ok ?? false, 60_000);
  return {
    url,
    async stop() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
      running.delete(child);
    },
  };
}

test("the version before and this one work side by side, forwards and back: each vote is counted once, and the last one stands", {
  timeout: 300_000,
}, async (context) => {
  if (databases.redisUrl === null) return context.skip("needs redis-server");
  if (older === null) return context.skip("needs the repository's history");
  const client = new pg.Client(databases.databaseUrl);
  await client.connect();
  context.after(() => client.end());
  const voters = Array.from({ length: 8 }, () => ({ cookie: "", option: "" }));
  let accepted = 0;
  let turn = 0;

  /** Each voter votes, by one service after the other. */
  const cast = async (votes: readonly Service[]): Promise<void> => {
    for (const voter of voters) {
      const service = votes[turn % votes.length] as Service;
      voter.option = turn++ % 3 === 0 ? "a" : "b";
      await untilDone("the vote is taken", async () => {
        const headers = { "content-type": "application/json", ...(voter.cookie && { cookie: voter.cookie }) };
        const answer = await fetch(`${service.url}/api/votes`, { method: "POST", headers, body: JSON.stringify({ vote: voter.option }) });
        assert.equal(answer.status, 202);
        voter.cookie ||= answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
        accepted++;
      });
    }
  };
  const settle = async (): Promise<void> => {
    await until("all is counted", async () => (await client.query("SELECT FROM ballots").catch(() => null))?.rowCount === accepted, 60_000);
    const { rows } = await client.query<{ id: string; vote: string }>("SELECT id, vote FROM votes");
    const standing = new Map(rows.map(({ id, vote }) => [id, vote]));
    for (const { cookie, option } of voters) assert.equal(standing.get(cookie.replace("voter_id=", "").split(".")[0] as string), option);
    const tally = "SELECT vote, votes::int FROM tally ORDER BY vote";
    const groups = "SELECT vote, COUNT(*)::int AS votes FROM votes GROUP BY vote ORDER BY vote";
    assert.deepEqual((await client.query(tally)).rows, (await client.query(groups)).rows);
  };

  const before = { vote: await start(older, "vote"), worker: await start(older, "worker") };
  await cast([before.vote]);
  await settle();
  // Forwards, the vote service first.
  const now = { vote: await start(ROOT, "vote"), worker: null as Service | null };
  await cast([before.vote, now.vote]);
  await settle();
  now.worker = await start(ROOT, "worker");
  await cast([before.vote, now.vote]);
  await settle();
  await before.worker.stop();
  await cast([before.vote, now.vote]);
  await settle();
  // And back: the older worker goes on where this one was, and this one where the older was.
  const again = await start(older, "worker");
  await now.worker.stop();
  await cast([now.vote, before.vote]);
  await settle();
  await now.vote.stop();
  await cast([before.vote]);
  await settle();
  const last = await start(ROOT, "worker");
  await again.stop();
  await cast([before.vote]);
  await settle();
  assert.equal(await (await fetch(`${last.url}/healthz`)).text(), "ok\n");
});
