import { execFile } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PARTITIONS } from "@voting/ballots";
import { pause, until } from "@voting/proof";
import type { VotingRun } from "@voting/testing";
import type pg from "pg";
import { inRedis, STRAY } from "../checks/settle.js";
import type { FaultRecord, RecoveryWatch } from "../checks/watches.js";
import type { TcpProxy, Weather } from "../proxy/tcp-proxy.js";
import type { Clocks } from "./clocks.js";
import type { FaultKind, PlannedFault } from "./fault.js";
import type { World } from "./world.js";

/** Told when a store is put back, since what was seen and promised changes with it. */
export interface History {
  /** What was counted may be gone until `databaseIsBack`. */
  databaseGoesBack(): void;
  databaseIsBack(): void;
  /**
   * The queue is being copied. Returns what must be called while the copy is put in its place, with the ballots that are counted: of those
   * cast since, the others may be lost.
   */
  queueIsCopied(): (counted: ReadonlySet<string>) => void;
}

export interface InjectorDependencies {
  readonly world: World;
  readonly faults: Iterable<PlannedFault>;
  readonly watch: RecoveryWatch;
  readonly history: History;
  /** Ends it early. */
  readonly stop: AbortSignal;
  readonly forMs: number;
  /** So many faults come at least, however long it takes. */
  readonly leastFaults: number;
  readonly tell: { fault(record: FaultRecord): void; missed(fault: PlannedFault, reason: string): void };
}

const POLL_MS = 20;

/** Longer than any fault lasts that may stand in the way of putting another right. */
const HEAL_LIMIT_MS = 60_000;

/** How a fault of that process is named. */
const WORKERS_BACKEND = "the worker's backend";

const BACKEND_LIMIT_MS = 5_000;

/** These change which ballots the queue and the database keep: each begins when the last one is over and counted. */
const KEEPING: ReadonlySet<FaultKind> = new Set<FaultKind>(["full-redis", "restore-redis", "restore-database"]);

/** The result service reads the tallies anew several times in this. */
const SHOWN_MS = 1_000;

/** The last work on each part that ends and starts it. */
interface Work {
  /** Two at a time would start it under each other's hands. */
  readonly last: Map<string, Promise<void>>;
  /** Of those, the ones in which it is ended for a while: nothing else can be done to it. */
  readonly held: Map<string, Promise<void>>;
}

const exec = promisify(execFile);

/** Injects fault after fault. Resolves when the time is over and all of them are put right. */
export async function injectAll(dependencies: InjectorDependencies): Promise<void> {
  const { faults, watch, stop, forMs, leastFaults, tell } = dependencies;
  const startedMs = performance.now();
  const heal = new AbortController();
  setMaxListeners(0, heal.signal); // Every fault that lasts listens.
  const mayGoOn = (): boolean => !stop.aborted && (watch.records.length < leastFaults || performance.now() - startedMs < forMs);
  const underWay: Promise<void>[] = [];
  const work: Work = { last: new Map(), held: new Map() };
  let keeping = Promise.resolve();
  for (const fault of faults) {
    while (fault.after === "recovery" && !watch.isOver && mayGoOn()) await pause(POLL_MS);
    if (KEEPING.has(fault.kind)) await keeping;
    await pause(fault.pauseMs, stop);
    await work.held.get(fault.target)?.catch(() => undefined);
    // It is claimed anew after each fault of the database.
    if (fault.how.endsWith(WORKERS_BACKEND))
      await until("a worker is connected", () => workersBackend(dependencies.world.run.pool), BACKEND_LIMIT_MS).catch(() => null);
    if (!mayGoOn()) break;
    const record = watch.begin(fault);
    tell.fault(record);
    const done = inject(dependencies, work, fault, heal.signal).catch((error: Error) => {
      record.missed = error.message.split("\n")[0] as string;
      tell.missed(fault, record.missed);
    });
    if (KEEPING.has(fault.kind)) keeping = done;
    underWay.push(done);
  }
  heal.abort();
  await Promise.all(underWay);
}

/**
 * Breaks one thing, and puts it right again when its time is over or `heal` is aborted, whichever is first. What the stack must do by
 * itself (start a dead part again, connect again) is left to it.
 *
 * @throws Error when it cannot be done now, for example because the part is down already.
 */
async function inject(dependencies: InjectorDependencies, work: Work, fault: PlannedFault, heal: AbortSignal): Promise<void> {
  const { world } = dependencies;
  const { stack } = world.run;
  switch (fault.kind) {
    case "worker":
    case "vote":
    case "redis":
    case "result":
      return stack.kill(fault.target);
    case "postgres":
      return fault.how === "kill -9" ? stack.kill(fault.target) : killBackend(world.run.pool);
    case "restart":
      return alone(work, fault.target, () => stack.restart(fault.target));
    case "disconnect":
      return closeConnections(world.run, fault.target);
    case "pause":
      return pausePart(world.run, fault, heal);
    case "partition":
      return breakLink(world.links.proxy(fault.target), fault, heal);
    case "second-worker":
      return addWorkers(world.run, fault, heal);
    case "clock":
      return stepClock(world.clocks, fault, heal);
    case "full-redis":
      return fillRedis(dependencies, fault, heal);
    case "blocked-lock":
      return blockVotes(world.run.pool, fault, heal);
    case "restore-redis":
      return restoreQueue(dependencies, work, fault, heal);
    case "restore-database":
      return restoreDatabase(dependencies, work, fault, heal);
  }
}

async function stepClock(clocks: Clocks | null, { target, amount, forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  if (clocks === null) throw new Error("no libfaketime");
  clocks.set(target, amount);
  await pause(forMs, heal);
  clocks.set(target, 0);
}

/** More workers for a while; then they die, in the middle of their work or in order. */
async function addWorkers(run: VotingRun, { amount, how, forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  const workers = await Promise.all(Array.from({ length: amount }, () => run.addWorker()));
  await pause(forMs, heal);
  for (const worker of workers) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue;
    const ended = once(worker, "exit");
    worker.kill(how === "then SIGTERM" ? "SIGTERM" : "SIGKILL");
    await ended;
  }
}

/** Has the server close the connections of all its clients. */
async function closeConnections(run: VotingRun, target: string): Promise<void> {
  if (target === "db") {
    await run.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    return;
  }
  await inRedis(run, (redis) => redis.call("CLIENT", "KILL", "TYPE", "normal"));
}

/**
 * Redis may use no more than that part of what it uses now: it takes no votes in. What waits must be counted all the same, past entries
 * that are no ballots, before the limit is lifted.
 */
async function fillRedis(
  { world: { run }, watch }: InjectorDependencies,
  { amount, forMs }: PlannedFault,
  heal: AbortSignal,
): Promise<void> {
  try {
    await inRedis(run, async (redis) => {
      for (let partition = 0; partition < PARTITIONS; partition++) await redis.xadd(`{ballots}:${partition}`, "*", STRAY, "");
      await redis.rpush("votes", STRAY);
      const used = Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
      await redis.config("SET", "maxmemory", Math.floor((used * amount) / 100));
    });
    const ballots = watch.newest;
    await pause(forMs, heal);
    await counted(run.pool, ballots).catch((error: Error) => watch.complaints.push(`while Redis was full: ${error.message}`));
  } finally {
    // One that died meanwhile has no limit when it is back, and one that stands still goes on soon.
    await until("Redis has no limit", () => inRedis(run, (redis) => redis.config("SET", "maxmemory", 0)), HEAL_LIMIT_MS);
  }
}

/** Resolves when these are counted; rejects when they are not in time. */
async function counted(pool: pg.Pool, ballots: readonly string[]): Promise<void> {
  const find = async (): Promise<boolean> => {
    const { rowCount } = await pool.query("SELECT FROM ballots WHERE id = ANY($1)", [ballots]);
    return rowCount === ballots.length;
  };
  await until(`${ballots.length} acknowledged ballots are counted`, find, HEAL_LIMIT_MS);
}

/** A copy of Redis' data is put in its place: what came since and is not counted may be lost, what is counted may not be counted again. */
async function restoreQueue(
  { world: { run }, history }: InjectorDependencies,
  work: Work,
  { forMs }: PlannedFault,
  heal: AbortSignal,
): Promise<void> {
  const putBack = history.queueIsCopied();
  const data = await copied(run, work, "redis");
  await pause(forMs, heal);
  await whileStopped(run, work, "redis", async () => {
    const ballots = await until("the ledger is read", () => ledgerOf(run.pool), HEAL_LIMIT_MS);
    await replace(data);
    putBack(new Set(ballots));
  });
}

async function ledgerOf(pool: pg.Pool): Promise<readonly string[]> {
  return (await pool.query<{ id: string }>("SELECT id FROM ballots")).rows.map((row) => row.id);
}

/** A backup of PostgreSQL is put in its place: what was counted since must be counted up again, without help. */
async function restoreDatabase(dependencies: InjectorDependencies, work: Work, { forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  const { world, watch, history } = dependencies;
  const { run } = world;
  const data = await copied(run, work, "db");
  await pause(forMs, heal);
  const ledger = (): Promise<readonly string[]> => ledgerOf(run.pool);
  const before = await until("the ledger is read", ledger, HEAL_LIMIT_MS);
  const promised = [...new Set([...before, ...watch.newest])];
  await whileStopped(run, work, "db", async () => {
    await replace(data);
    history.databaseGoesBack();
  });
  try {
    await counted(run.pool, promised);
  } catch (error) {
    watch.complaints.push(`after a restore of PostgreSQL: ${(error as Error).message}`);
  }
  await pause(SHOWN_MS);
  history.databaseIsBack();
}

/** Copies a store's data; returns their folder. */
async function copied(run: VotingRun, work: Work, part: string): Promise<string> {
  const data = join(run.stateFolder, "data", part);
  await rm(`${data}.copy`, { recursive: true, force: true });
  await whileStopped(run, work, part, () => cp(data, `${data}.copy`, { recursive: true, preserveTimestamps: true }));
  return data;
}

/** Puts the copy in the place of the data. */
async function replace(data: string): Promise<void> {
  await rename(data, `${data}.old`);
  await rename(`${data}.copy`, data);
  await rm(`${data}.old`, { recursive: true });
}

/** Ends a store in the midst of the load, and starts it again whatever comes of the step. */
async function whileStopped(run: VotingRun, work: Work, part: string, step: () => Promise<void>): Promise<void> {
  const done = alone(work, part, async () => {
    try {
      await run.stack.stop(part);
      if (existsSync(join(run.stateFolder, "data", part, "postmaster.pid"))) throw new Error(`${part} did not end in order`);
      await step();
    } finally {
      await until(`${part} runs again`, () => run.stack.restart(part).then(() => true), HEAL_LIMIT_MS);
    }
  });
  work.held.set(part, done);
  await done;
}

/** Waits for the last work on that part. */
function alone(work: Work, part: string, step: () => Promise<void>): Promise<void> {
  const last = work.last.get(part) ?? Promise.resolve();
  const done = last.catch(() => undefined).then(step);
  work.last.set(part, done);
  return done;
}

/** A session that holds a lock on the votes: nothing is counted, and with ACCESS EXCLUSIVE nothing is read, until it ends. */
async function blockVotes(pool: pg.Pool, { how, forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  const client = await pool.connect();
  client.on("error", () => undefined); // The server ended the session, and its lock with it.
  try {
    await client.query(`BEGIN; LOCK TABLE votes IN ${how} MODE`);
    await pause(forMs, heal);
  } finally {
    client.release(true); // Closes the connection; the server rolls back.
  }
}

async function breakLink(proxy: TcpProxy, fault: PlannedFault, heal: AbortSignal): Promise<void> {
  const [weather, ending] = fault.how.split(", then ");
  if (weather === "cut" || weather === "refuse") proxy.cut();
  if (weather === "cut") return;
  proxy.set(weatherOf(weather as string, fault.amount));
  await pause(fault.forMs, heal);
  if (ending === "cut") proxy.cut();
  proxy.set({ kind: "clear" });
}

function weatherOf(name: string, delayMs: number): Weather {
  switch (name) {
    case "refuse":
      return { kind: "refuse" };
    case "silence":
      return { kind: "silence", way: "both" };
    case "half-open":
      return { kind: "silence", way: "to" };
    case "half-open back":
      return { kind: "silence", way: "back" };
    case "delay":
      return { kind: "delay", delayMs };
    default:
      throw new Error(`a link cannot be broken by "${name}"`);
  }
}

/** Stops a part's processes in the middle of whatever they do, and lets them go on. */
async function pausePart(run: VotingRun, { target, how, forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  const main = run.stack.states().find((state) => state.name === target)?.pid ?? null;
  if (main === null) throw new Error(`${target} does not run now`);
  const pids = how === WORKERS_BACKEND ? [await workersBackend(run.pool)] : [main];
  signalAll(pids, "SIGSTOP");
  try {
    // The children are looked up behind the parent's stop: it makes no more of them.
    if (how === "all processes") pids.push(...(await childrenOf(main)));
    signalAll(pids, "SIGSTOP");
    await pause(forMs, heal);
  } finally {
    signalAll(pids, "SIGCONT");
  }
}

/** One that has ended meanwhile is fine. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await exec("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  return rows.filter(([, ppid]) => ppid === parent).map(([pid]) => pid as number);
}

/** PostgreSQL's process that works for the worker. Throws when no worker is connected. */
async function workersBackend(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 7301 LIMIT 1");
  if (rows[0] === undefined) throw new Error("no worker is connected now");
  return rows[0].pid;
}

/** PostgreSQL ends all its other processes after this, and recovers as after a crash. */
async function killBackend(pool: pg.Pool): Promise<void> {
  process.kill(await workersBackend(pool), "SIGKILL");
}
