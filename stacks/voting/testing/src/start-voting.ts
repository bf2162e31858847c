import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LogLine, type Reroute, type RunningStack, runStack, type Timing } from "@groundplan/local";
import { type EnvValue, type Plan, planOf, renderEnv } from "@groundplan/model";
import { freePort } from "@groundplan/testing";
import pg from "pg";
import voting from "../../stack.js";

export type { LinkEnds, LogLine, PartState, RunningStack } from "@groundplan/local";

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
  /** Data and secrets of this run; removed by `close`. */
  readonly stateFolder: string;
  /** One more worker beside the stack's own, over the same links. */
  addWorker(): Promise<ChildProcess>;
  /** `keepData`: leaves the folder with the data, to be looked at. */
  close(options?: { readonly keepData: boolean }): Promise<void>;
}

export interface VotingOptions {
  /** See RunStackOptions: leads links through something in between. */
  readonly reroute?: Reroute;
  readonly timing?: Partial<Timing>;
  /** Service -> variables that it gets beside its own. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Run Prometheus and the exporters of this machine beside it. Default: no. */
  readonly monitoring?: boolean;
  /** Every line that the parts print, from the first one on. */
  readonly onLog?: (line: LogLine) => void;
}

/** Starts it on free ports. Rejects when it does not come up. */
export async function startVoting(options: VotingOptions = {}): Promise<VotingRun> {
  const stateFolder = mkdtempSync(join(tmpdir(), "groundplan-voting-"));
  const notes: string[] = [];
  const workerPorts: Record<string, number> = {};
  const { timing, onLog } = options;
  const stack = await runStack({
    plan: withEnv(planOf(voting), options.env ?? {}),
    stackFolder: STACK_FOLDER,
    stateFolder,
    ports: { vote: await freePort(), result: await freePort() },
    watch: false,
    monitoring: options.monitoring ?? false,
    onNote: (note) => notes.push(note),
    async reroute(link, port) {
      const told = (await options.reroute?.(link, port)) ?? port;
      if (link.from === "worker") workerPorts[link.to] = told;
      return told;
    },
    ...(timing && { timing }),
    ...(onLog && { onLog }),
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
    port: (of) => workerPorts[of] ?? port(of),
    secret: (name) => secrets[name] as string,
    page: (of) => `http://127.0.0.1:${port(of)}`,
  });
  const database = new URL(workerEnv.DB_URL as string);
  database.port = String(port("db"));
  const pool = new pg.Pool({ connectionString: database.href });
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
    stateFolder,
    async addWorker() {
      const env = { ...process.env, ...workerEnv, PORT: String(await freePort()), HOST: "127.0.0.1" };
      const worker = spawn(process.execPath, ["dist/main.js"], { cwd: join(STACK_FOLDER, "worker"), env, stdio: "ignore" });
      workers.push(worker);
      return worker;
    },
    async close({ keepData } = { keepData: false }) {
      for (const worker of workers) {
        if (worker.exitCode === null && worker.signalCode === null) {
          worker.kill("SIGKILL");
          await once(worker, "exit");
        }
      }
      await pool.end();
      await stack.shutDown();
      if (!keepData) rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}

function withEnv(plan: Plan, env: NonNullable<VotingOptions["env"]>): Plan {
  const texts = (service: string): Record<string, EnvValue> =>
    Object.fromEntries(Object.entries(env[service] ?? {}).map(([name, text]) => [name, [{ kind: "text", text }]]));
  return {
    ...plan,
    components: plan.components.map((component) => ({ ...component, env: { ...component.env, ...texts(component.name) } })),
  };
}
