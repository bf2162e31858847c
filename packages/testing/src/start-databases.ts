import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningStack, runStack } from "@groundplan/local";
import { planOf, stack } from "@groundplan/model";

/** Real servers for a test file, with data of their own. */
export interface Databases {
  /** `null` when the machine has no Redis server, or none was asked for. */
  readonly redisUrl: string | null;
  readonly databaseUrl: string;
  /** To kill and stop them: the parts are "redis" and "db". */
  readonly stack: RunningStack;
  /** Where PostgreSQL keeps its data, to be copied while it is stopped. */
  readonly databaseFolder: string;
  /** Ends the servers and removes their data. */
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
  return {
    redisUrl: redis !== undefined && redis.standIn === null ? `redis://127.0.0.1:${redis.port}` : null,
    databaseUrl: `postgres://${source.user}:${secrets["db-password"]}@127.0.0.1:${part("db")?.port}/${source.database}`,
    stack: running,
    databaseFolder: join(stateFolder, "data", "db"),
    async close() {
      await running.shutDown();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
