import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type Databases,
  freePort,
  missingProgram,
  type Outcome,
  runProgram,
  startDatabases,
  tryProgram,
  until,
  untilDone,
} from "@groundplan/testing";
import { type BallotQueue, openQueue, orderedUuid } from "@voting/ballots";
import pg from "pg";
import { runWorker } from "./running-worker.js";

const ignore = (): void => undefined;
/** Debian has the newest version last. */
const VERSIONS = "/usr/lib/postgresql";
const WORKER = fileURLToPath(new URL("../..", import.meta.url));

const skip = missingProgram("pg_dump", "redis-server") ?? false;

let databases: Databases;
let server: Server;
let queue: BallotQueue;
before(async () => {
  if (skip !== false) return;
  databases = await startDatabases({ redis: true });
  server = await startServer();
});
after(async () => {
  if (skip !== false) return;
  await queue?.close();
  await server.close();
  await databases.close();
});

interface Server {
  readonly url: string;
  /** For a dump. */
  readonly folder: string;
  close(): Promise<void>;
}

/** A server of the version that pg_dump and pg_restore here are of: they refuse a newer one, which the stack's own is. */
async function startServer(): Promise<Server> {
  const programs = join(
    VERSIONS,
    readdirSync(VERSIONS)
      .sort((a, b) => Number(a) - Number(b))
      .at(-1) ?? "",
    "bin",
  );
  const folder = mkdtempSync(join(tmpdir(), "groundplan-dump-"));
  const data = join(folder, "data");
  mkdirSync(data);
  // PostgreSQL refuses to run as root.
  let as: readonly string[] = [];
  if (process.getuid?.() === 0) {
    const id = Number(/^postgres:[^:]*:(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"))?.[1]);
    for (const path of [folder, data]) chownSync(path, id, id);
    as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
  }
  const command = (name: string, ...args: string[]): readonly [string, readonly string[]] => {
    const [program = "", ...rest] = [...as, join(programs, name), ...args];
    return [program, rest];
  };
  await runProgram(...command("initdb", "--pgdata", data, "--username", "app", "--auth", "trust", "--no-sync"), { cwd: folder });
  const port = await freePort();
  const [program, args] = command("postgres", "-D", data, "-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1");
  const child = spawn(program, args, { cwd: folder, stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = `postgres://app@127.0.0.1:${port}/postgres`;
  await untilDone("the server answers", () => query(url, "SELECT 1"));
  return {
    url,
    folder,
    async close() {
      child.kill("SIGINT");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function query(url: string, text: string): Promise<readonly Record<string, number>[]> {
  const client = new pg.Client(url);
  client.on("error", ignore);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const countedIn = async ({ url }: Server): Promise<number> => Number((await query(url, "SELECT COUNT(*)::int AS n FROM ballots"))[0]?.n);

async function castAndCount(votes: number, total: number): Promise<void> {
  const ballots = Array.from({ length: votes }, () => ({ id: orderedUuid(), voter: orderedUuid(), option: "a", acceptedAtMs: 0 }));
  await untilDone("the queue takes them", () => queue.enqueue(ballots));
  await until(`${total} are counted`, async () => (await countedIn(server).catch(() => -1)) === total);
}

function operate(redisUrl: string, ...words: string[]): Promise<Outcome> {
  const args = ["--conditions=source", "--import", "tsx", "src/main.ts", ...words];
  return tryProgram(process.execPath, args, { cwd: WORKER, env: { DB_URL: server.url, QUEUE_URL: redisUrl } });
}

test("a dump that pg_dump made is restored by the operator's command, and what came since is counted up", { skip }, async () => {
  const redisUrl = databases.redisUrl ?? "";
  queue = openQueue(redisUrl, ignore);
  let worker = runWorker({ queueUrl: redisUrl, databaseUrl: server.url });
  const dump = join(server.folder, "voting.dump");
  try {
    await castAndCount(20, 20);
    await runProgram("pg_dump", ["--format=custom", "--file", dump, server.url]);
    await castAndCount(10, 30);
  } finally {
    await worker.stop();
  }

  const unconfirmed = await operate(redisUrl, "restore", dump);
  assert.equal(unconfirmed.code, 2);
  assert.match(unconfirmed.stderr, /--confirm voting/);
  const nonsense = join(server.folder, "nonsense");
  writeFileSync(nonsense, "no dump");
  const refused = await operate(redisUrl, "restore", nonsense, "--confirm", "voting");
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, /pg_restore failed, and the database is as it was/);
  assert.equal(await countedIn(server), 30);

  const restored = await operate(redisUrl, "restore", dump, "--confirm", "voting");
  assert.equal(restored.code, 0, restored.stderr);
  assert.equal(await countedIn(server), 20);

  worker = runWorker({ queueUrl: redisUrl, databaseUrl: server.url });
  try {
    await until("what came since the dump is counted up", async () => (await countedIn(server)) === 30);
    assert.equal(worker.trouble(), null);
    await castAndCount(5, 35);
  } finally {
    await worker.stop();
  }
  const [rows] = await query(
    server.url,
    `SELECT (SELECT COUNT(*)::int FROM votes) AS votes, (SELECT SUM(votes)::int FROM tally) AS tallied,
      (SELECT COUNT(*)::int FROM positions) AS positions, (SELECT COUNT(DISTINCT (queue, partition))::int FROM positions) AS partitions`,
  );
  assert.deepEqual(
    { ...rows, positions: (rows?.positions ?? 0) - (rows?.partitions ?? 0) },
    {
      votes: 35,
      tallied: 35,
      positions: 0,
      partitions: rows?.partitions,
    },
  );
});
