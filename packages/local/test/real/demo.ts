import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { build, type Plan, planOf, type StackBuilder, stack } from "@groundplan/model";
import { freePort } from "@groundplan/testing";
import pg from "pg";
import { findRedisServer } from "../../src/parts/program.js";
import { until } from "../../src/pause.js";
import { processIdentity } from "../../src/processes/process-identity.js";
import { type RunStackOptions, runStack } from "../../src/run-stack.js";
import type { PartState, RunningStack } from "../../src/running-stack.js";
import type { Timing } from "../../src/timing.js";

export const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** For `test(name, { skip: needsRedis }, ...)`. */
export const needsRedis = findRedisServer() === null ? "needs redis-server" : false;
export const needsRoot = process.getuid?.() === 0 ? false : "needs root";
/** Who a process is, and what children it has, is read from /proc or told by ps. */
export const needsUnix = process.platform === "win32" ? "needs a Unix" : false;

export function planWith(define: (s: StackBuilder) => void): Plan {
  return planOf(stack("demo", define));
}

/** PostgreSQL, and a service that uses it. */
export const small = planWith((s) => {
  const db = s.postgres("db");
  const web = s.service("web", { image: build("./web"), local: "node main.js", port: 80, public: true, uses: { db } });
  s.host("here", { subnet: "public", runs: [db, web] });
});

/** The same with a Redis that the database can stand in for. */
export const full = planWith((s) => {
  const db = s.postgres("db");
  const redis = s.redis("redis", { standIn: db });
  const web = s.service("web", { image: build("./web"), local: "node main.js", port: 80, public: true, uses: { queue: redis, db } });
  s.host("here", { subnet: "public", runs: [db, redis, web] });
});

/** One service only. @param script What it does, in the words of sh: a shell starts at once, on a busy machine too. */
export function alone(script: string, options: { port?: number; stopSeconds?: number } = {}): Plan {
  return planWith((s) => {
    const one = s.service("one", { local: ["sh", "-c", script], ...options });
    s.host("here", { subnet: "public", runs: [one] });
  });
}

export interface Trial {
  readonly run: RunningStack;
  readonly notes: readonly string[];
  readonly ports: Readonly<Record<string, number>>;
}

/** On a machine that is busy with other things nothing is said to be slow, and nothing is ended for it: that is not what tests try. */
const PATIENT: Partial<Timing> = { slowStartMs: 600_000, startLimitMs: 600_000, stopLimitMs: 60_000 };

/** Says what hangs. */
export const LIMIT_MS = 60_000;

/** Runs a plan on free ports; it is shut down when the test has ended. */
export async function runTrial(
  t: TestContext,
  plan: Plan,
  options: Partial<RunStackOptions> & { readonly stateFolder: string },
): Promise<Trial> {
  const notes: string[] = [];
  const ports = options.ports ?? (await freePorts(plan));
  const timing = { ...PATIENT, ...options.timing };
  const run = await runStack({ plan, stackFolder: FIXTURES, ports, watch: false, onNote: (text) => notes.push(text), ...options, timing });
  t.after(() => run.shutDown());
  return { run, notes, ports: Object.fromEntries(run.states().map((state) => [state.name, state.port ?? 0])) };
}

/** Ports for the public services: 8080 and 8081 may be in use where the tests run. */
export async function freePorts(plan: Plan): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const { name } of plan.components.filter((component) => component.public)) ports[name] = await freePort();
  return ports;
}

export function stateOf(run: RunningStack, name: string): PartState {
  const state = run.states().find((candidate) => candidate.name === name);
  if (state === undefined) throw new Error(`no part ${name}`);
  return state;
}

/** Waits for a part's state to be as wanted. */
export async function stateBecomes(run: RunningStack, name: string, wanted: (state: PartState) => boolean): Promise<PartState> {
  if (!(await until(() => wanted(stateOf(run, name)), LIMIT_MS))) throw new Error(`${name} stayed ${JSON.stringify(stateOf(run, name))}`);
  return stateOf(run, name);
}

/** The pids of all children of this process, to find one that was left behind. */
export function children(): readonly number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, parent, name]) => Number(parent) === process.pid && name !== "ps")
    .map(([pid]) => Number(pid));
}

export const runs = (pid: number | null): boolean => pid !== null && processIdentity(pid) !== null;

export interface WebAnswer {
  readonly env: Readonly<Record<string, string>>;
  readonly child: number;
  readonly folder: string;
}

/** What the fixture "web" tells of itself. */
export async function askWeb(port: number, path = "/"): Promise<WebAnswer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return (await response.json()) as WebAnswer;
}

/** Asks the stack's database as the stack's user. */
export async function query(stateFolder: string, port: number, sql: string): Promise<unknown[]> {
  const secrets = JSON.parse(readFileSync(join(stateFolder, "secrets.json"), "utf8"));
  const client = new pg.Client({ host: "127.0.0.1", port, user: "app", database: "app", password: secrets["db-password"] });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** One command to Redis, and the first line of its answer. */
export async function redisCommand(port: number, command: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${command}\r\n`);
  const [bytes] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return bytes.toString().trim().replaceAll("\r\n", " ");
}
