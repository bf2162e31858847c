import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningStack, runStack } from "@groundplan/local";
import { planOf, renderEnv } from "@groundplan/model";
import { freePort } from "@groundplan/testing";
import pg from "pg";
import voting from "../../stack.js";

const STACK_FOLDER = fileURLToPath(new URL("../..", import.meta.url));

/** The voting stack, run for a test or a measurement with data of its own. */
export interface VotingRun {
  readonly stack: RunningStack;
  readonly notes: readonly string[];
  readonly voteUrl: string;
  readonly resultUrl: string;
  readonly pool: pg.Pool;
  /** `null`: the queue is in PostgreSQL. */
  readonly redisUrl: string | null;
  /** One more worker beside the stack's own. */
  addWorker(): Promise<ChildProcess>;
  close(): Promise<void>;
}

export async function startVoting(): Promise<VotingRun> {
  const stateFolder = mkdtempSync(join(tmpdir(), "groundplan-voting-"));
  const notes: string[] = [];
  const stack = await runStack({
    plan: planOf(voting),
    stackFolder: STACK_FOLDER,
    stateFolder,
    ports: { vote: await freePort(), result: await freePort() },
    watch: false,
    onNote: (note) => notes.push(note),
  });
  const part = (name: string) => {
    const state = stack.states().find((candidate) => candidate.name === name);
    if (state === undefined) throw new Error(`no part ${name}`);
    return state;
  };
  const port = (name: string): number => part(name).port as number;
  const secrets = JSON.parse(readFileSync(join(stateFolder, "secrets.json"), "utf8")) as Record<string, string>;
  const withRedis = part("redis").standIn === null;
  const workerEnv = renderEnv(stack.plan.components.find((component) => component.name === "worker")?.env ?? {}, {
    host: () => "127.0.0.1",
    port,
    secret: (name) => secrets[name] as string,
    page: (of) => `http://127.0.0.1:${port(of)}`,
  });
  const pool = new pg.Pool({ connectionString: workerEnv.DB_URL });
  // The tests kill the server under it.
  pool.on("error", () => undefined);
  const workers: ChildProcess[] = [];
  return {
    stack,
    notes,
    voteUrl: `http://127.0.0.1:${port("vote")}`,
    resultUrl: `http://127.0.0.1:${port("result")}`,
    pool,
    redisUrl: withRedis ? `redis://127.0.0.1:${port("redis")}` : null,
    async addWorker() {
      const env = { ...process.env, ...workerEnv, PORT: String(await freePort()), HOST: "127.0.0.1" };
      const worker = spawn(process.execPath, ["dist/main.js"], { cwd: join(STACK_FOLDER, "worker"), env, stdio: "ignore" });
      workers.push(worker);
      return worker;
    },
    async close() {
      for (const worker of workers) {
        if (worker.exitCode === null && worker.signalCode === null) {
          worker.kill("SIGKILL");
          await once(worker, "exit");
        }
      }
      await pool.end();
      await stack.shutDown();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
