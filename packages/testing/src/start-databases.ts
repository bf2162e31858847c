import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningStack, runStack } from "@groundplan/local";
import { planOf, stack } from "@groundplan/model";
import { Redis } from "ioredis";
import pg from "pg";
import { RUNNERS_OWN, requireClosedClients } from "./open-clients.js";
import { until } from "./until.js";

/** Real servers for a test file, with data of their own. */
export interface Databases {
  /** `null` when the machine has no Redis server, or none was asked for. */
  readonly redisUrl: string | null;
  readonly databaseUrl: string;
  /** To kill and stop them: the parts are "redis" and "db". */
  readonly stack: RunningStack;
  /** Where PostgreSQL keeps its data, to be copied while it is stopped. */
  readonly databaseFolder: string;
  /** A connection to PostgreSQL, closed by `close` unless its `end` was awaited before. What breaks it, the next query tells. */
  connect(): Promise<pg.Client>;
  /** The same as a pool. */
  pool(): pg.Pool;
  /** A connection to Redis, closed by `close`. Throws where there is none. */
  redis(): Redis;
  /**
   * Closes what was opened with the three, ends the servers and removes their data. Rejects, and says where it was opened, when a client
   * of this process that somebody else opened is not closed, or half, and when another process is still connected.
   */
  close(): Promise<void>;
}

/** Starts PostgreSQL, and Redis where the machine has one. */
export async function startDatabases(options: { readonly redis: boolean }): Promise<Databases> {
  const stateFolder = mkdtempSync(join(tmpdir(), "groundplan-test-"));
  const definition = stack("databases", (s) => {
    const db = s.postgres("db");
    const parts = options.redis ? [db, s.redis("redis", { standIn: db })] : [db];
    s.host("main", { subnet: "public", runs: parts });
  });
  const running = await runStack({
    plan: planOf(definition),
    stackFolder: stateFolder,
    stateFolder,
    ports: {},
    watch: false,
    onNote: () => undefined,
  });
  const secrets = JSON.parse(readFileSync(join(stateFolder, "secrets.json"), "utf8")) as Record<string, string>;
  const { source } = running.plan.components.find((component) => component.name === "db") as {
    source: { user: string; database: string };
  };
  const part = (name: string) => running.states().find((state) => state.name === name);
  const redis = part("redis");
  const redisUrl = redis !== undefined && redis.standIn === null ? `redis://127.0.0.1:${redis.port}` : null;
  const databaseUrl = `postgres://${source.user}:${secrets["db-password"]}@127.0.0.1:${part("db")?.port}/${source.database}`;
  const own = new OwnClients();
  return {
    redisUrl,
    databaseUrl,
    stack: running,
    connect: () => own.connect(databaseUrl),
    pool: () => own.pool(databaseUrl),
    redis() {
      if (redisUrl === null) throw new Error("there is no Redis here");
      return own.redis(redisUrl);
    },
    databaseFolder: join(stateFolder, "data", "db"),
    async close() {
      try {
        await own.close();
        requireClosedClients([part("db")?.port ?? 0, redis?.port ?? 0]);
        if (part("db")?.status === "healthy") await untilAlone(databaseUrl);
      } finally {
        await running.shutDown();
        rmSync(stateFolder, { recursive: true, force: true });
      }
    },
  };
}

/** Clients that tests opened here, so that they need not see to it that each is closed. */
class OwnClients {
  readonly #closes: (() => Promise<unknown>)[] = [];

  async connect(url: string): Promise<pg.Client> {
    const client = new pg.Client(url);
    client.on("error", () => undefined);
    this.#closes.push(() => client.end());
    await client.connect();
    return client;
  }

  pool(url: string): pg.Pool {
    const pool = new pg.Pool({ connectionString: url });
    pool.on("error", () => undefined);
    const open = new Set<pg.PoolClient>();
    pool.on("connect", (client) => {
      open.add(client);
      client.once("end", () => open.delete(client));
    });
    this.#closes.push(async () => {
      if (!pool.ending) await pool.end();
      // By then it has said goodbye on each connection, no more.
      await Promise.all([...open].map((client) => new Promise<void>((resolve) => client.once("end", resolve))));
    });
    return pool;
  }

  redis(url: string): Redis {
    const redis = new Redis(url);
    redis.on("error", () => undefined);
    this.#closes.push(async () => {
      if (redis.status === "end") return;
      const ended = redis.status === "reconnecting" ? null : new Promise<void>((resolve) => redis.once("end", resolve));
      redis.disconnect();
      await ended;
    });
    return redis;
  }

  async close(): Promise<void> {
    for (const close of this.#closes.reverse()) await close();
  }
}

/** Waits until no other process is connected: the server of one that was killed takes a moment to see it. */
async function untilAlone(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: RUNNERS_OWN });
  client.on("error", () => undefined);
  await client.connect();
  try {
    let others: readonly { readonly application_name: string; readonly query: string }[] = [];
    await until("nobody else is connected to the database", async () => {
      const { rows } = await client.query(
        "SELECT application_name, query FROM pg_stat_activity WHERE datname = current_database() AND application_name <> $1",
        [RUNNERS_OWN],
      );
      others = rows;
      return rows.length === 0;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; another process is, and its last query was: ${others[0]?.query}`, { cause: error });
    });
  } finally {
    await client.end();
  }
}
