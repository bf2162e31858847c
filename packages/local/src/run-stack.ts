import { accessSync, constants, existsSync, type FSWatcher, mkdirSync, readdirSync, realpathSync, statSync, watch } from "node:fs";
import { join, relative, resolve } from "node:path";
import { buildOf, type Plan, type PlannedComponent, UserError, withStandIns } from "@groundplan/model";
import { envOf } from "./env-of.js";
import { LocalStack, type Member } from "./local-stack.js";
import { LogBook } from "./logs/log-book.js";
import type { LocalMonitoring } from "./monitoring/local-monitoring.js";
import { Part, type PartContext } from "./parts/part.js";
import type { Program } from "./parts/program.js";
import { findRedisServer, RedisProgram, ServiceProgram } from "./parts/program.js";
import { choosePorts, portIsFree, recallPorts, rememberPorts } from "./ports/choose-ports.js";
import { type PortsFor, type Reroute, rerouteLinks } from "./ports/reroute-links.js";
import { PostgresProgram } from "./postgres/postgres-program.js";
import { RunRecord } from "./processes/run-record.js";
import type { LogLine, PartState, RunningStack } from "./running-stack.js";
import { ensureSecrets } from "./secrets.js";
import { DEFAULT_TIMING, type Timing } from "./timing.js";

export interface RunStackOptions {
  readonly plan: Plan;
  /** Folder of the stack file. Commands run in their service's `build` folder below it. */
  readonly stackFolder: string;
  /** Keeps data, secrets and ports between runs, for example `.groundplan/voting`. Created if missing. */
  readonly stateFolder: string;
  /** Part -> port that it must have, as the user asked for it. */
  readonly ports: Readonly<Record<string, number>>;
  /** Run `dev` commands, and restart a service when its files change. */
  readonly watch: boolean;
  /** Run Prometheus and the exporters that this machine has beside the stack. Default: no. */
  readonly monitoring?: boolean;
  /** Single-line notes for the user. Each is a line of the log too, from "groundplan". */
  readonly onNote: (text: string) => void;
  /** Every log line from the first one on; `RunningStack.onLog` comes too late for the lines of the start. */
  readonly onLog?: (line: LogLine) => void;
  /** Every change of state from the first one on. */
  readonly onState?: (state: PartState) => void;
  /** Gives up the start. Once the stack runs, `shutDown` ends it. */
  readonly signal?: AbortSignal;
  readonly timing?: Partial<Timing>;
  /** Leads links through something in between, for example a proxy that cuts them; health checks go straight to the parts. Default: nothing. */
  readonly reroute?: Reroute;
}

interface MemberOptions {
  /** As it runs here: clients of a component that has no server use its stand-in. */
  readonly plan: Plan;
  readonly standIns: StandIns;
  readonly ports: Readonly<Record<string, number>>;
  readonly portsFor: PortsFor;
  readonly secrets: Readonly<Record<string, string>>;
  /** `null` only when every Redis component has a stand-in. */
  readonly redisServer: string | null;
  readonly stackFolder: string;
  readonly stateFolder: string;
  readonly watch: boolean;
  readonly context: PartContext;
}

/** Component that does not run here -> the one that serves its clients instead. */
type StandIns = ReadonlyMap<string, string>;

const INSTALL = "install redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or valkey-server";

interface WatchServicesOptions {
  readonly plan: Plan;
  readonly stackFolder: string;
  readonly stack: RunningStack;
  readonly quietMs: number;
  readonly onNote: (text: string) => void;
}

/** Never looked into: large, or written by the stack's own running. `dist` is looked into, since services may run from it. */
const IGNORED = new Set(["node_modules", ".git", ".groundplan"]);

interface WatchOptions {
  readonly folders: readonly string[];
  /** Changes that are at most that far apart count as one. */
  readonly quietMs: number;
  /** With the path that changed last. */
  readonly onChange: (path: string) => void;
  readonly onNote: (text: string) => void;
}

/**
 * Runs a stack on this machine: real PostgreSQL and Redis servers, and the services, all on 127.0.0.1. Resolves when every part is
 * healthy.
 *
 * @throws UserError (rejects) when it cannot come up, or the signal's reason when that is aborted, after ending all it started.
 */
export async function runStack(options: RunStackOptions): Promise<RunningStack> {
  const { signal } = options;
  signal?.throwIfAborted();
  const timing: Timing = { ...DEFAULT_TIMING, ...options.timing };
  const stackFolder = resolve(options.stackFolder);
  const stateFolder = openStateFolder(options.stateFolder);

  const logs = new LogBook();
  if (options.onLog !== undefined) logs.listen(options.onLog);
  const onNote = (text: string) => {
    logs.add("groundplan", "stdout", text);
    options.onNote(text);
  };

  const redisServer = findRedisServer();
  const standIns = redisServer === null ? standInsWithoutRedis(options.plan) : new Map<string, string>();
  const plan = withStandIns(options.plan, [...standIns.keys()]);

  const record = await RunRecord.open(stateFolder, plan.stack, onNote);
  let stopWatching = () => {};
  let stack: LocalStack;
  try {
    for (const [name, standIn] of standIns) onNote(standInNote(name, standIn));
    const listeners = plan.components.filter((component) => !standIns.has(component.name));
    const monitoring = options.monitoring === true ? await localMonitoring(plan, namesOf(listeners), onNote) : null;
    const remembered = recallPorts(stateFolder, onNote);
    const wishes = {
      components: [...listeners, ...(monitoring?.listeners() ?? [])],
      overrides: options.ports,
      remembered,
      seed: stateFolder,
      isFree: portIsFree,
    };
    const { ports, toRemember, notes } = await choosePorts(wishes);
    notes.forEach(onNote);
    rememberPorts(stateFolder, toRemember);
    record.listensOn(ports);
    const secrets = ensureSecrets(stateFolder, plan.secrets);
    const portsFor = await rerouteLinks(plan, ports, options.reroute);

    const onState = (state: PartState) => {
      options.onState?.(state);
      stack.report(state);
    };
    const context = { logs, record, timing, onNote, onState };
    const { watch } = options;
    const members = [
      ...makeMembers({ plan, standIns, ports, portsFor, secrets, redisServer, stackFolder, stateFolder, watch, context }),
      ...(monitoring?.members({ ports, secrets, stateFolder, context }) ?? []),
    ];
    stack = new LocalStack({ plan, members, logs, onStopping: () => stopWatching(), onStopped: () => record.close() });
    record.visibleAt(stack.states().find(({ url }) => url !== null)?.url ?? null);
  } catch (error) {
    await record.close();
    throw error;
  }

  try {
    await untilAborted(stack.startAll(), signal);
  } catch (error) {
    await stack.shutDown();
    throw error;
  }
  if (options.watch) stopWatching = watchServices({ plan, stackFolder, stack, quietMs: timing.watchQuietMs, onNote });
  return stack;
}

/** Its path without symbolic links: leftover servers are recognised by the folder that the system says they work in. */
function openStateFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (cause) {
    throw new UserError(
      {
        message: `data cannot be kept in ${folder}: ${(cause as Error).message}`,
        fix: `start as the user whose folder it is, or keep this user's data elsewhere: --data DIR`,
      },
      { cause },
    );
  }
}

/** Loaded on demand: the dashboards' library takes a fifth of a second. */
async function localMonitoring(...facts: ConstructorParameters<typeof LocalMonitoring>): Promise<LocalMonitoring> {
  const { LocalMonitoring } = await import("./monitoring/local-monitoring.js");
  return new LocalMonitoring(...facts);
}

function namesOf(components: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(components.map(({ name }) => name));
}

/** The work, or the signal's reason as soon as that is aborted. */
function untilAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
  });
}

/**
 * A part for every component, in start order, none of them started.
 *
 * @throws UserError with the problems of all services that cannot be launched.
 */
function makeMembers(options: MemberOptions): readonly Member[] {
  const services: ServiceProgram[] = [];
  const members = options.plan.components.map((component): Member => {
    const { name, after } = component;
    const state = firstState(component, options);
    if (state.standIn !== null) return { name, after, part: null, state };
    const program = programOf(component, state, options);
    if (program instanceof ServiceProgram) services.push(program);
    return { name, after, part: new Part(program, state, options.context) };
  });
  const problems = services.flatMap((service) => service.problems());
  if (problems.length > 0) throw new UserError(problems);
  return members;
}

function firstState(component: PlannedComponent, { ports, standIns }: MemberOptions): PartState {
  const { name, kind } = component;
  const port = ports[name] ?? null;
  const standIn = standIns.get(name) ?? null;
  const url = component.public && port !== null ? `http://127.0.0.1:${port}` : null;
  const what = { name, kind, pid: null, port, url, restarts: 0, since: Date.now(), standIn };
  if (standIn === null) return { ...what, status: "waiting", reason: null };
  return { ...what, status: "stopped", reason: `not installed here: ${standIn} serves its clients` };
}

function programOf(component: PlannedComponent, { port }: PartState, options: MemberOptions): Program {
  const { name, source } = component;
  const { portsFor, secrets, redisServer, stackFolder, stateFolder, watch, context } = options;
  const { onNote } = context;
  const dataFolder = join(stateFolder, "data", name);
  switch (source.kind) {
    case "service":
      return new ServiceProgram({ component, stackFolder, port, env: envOf(component, { ports: portsFor(name), secrets }), watch });
    case "redis":
      if (redisServer === null || port === null) throw new Error(`${name} has no server, no port or no stand-in`);
      return new RedisProgram({ server: redisServer, dataFolder, port, onNote });
    case "postgres": {
      const { database, user, passwordSecret } = source;
      const password = secrets[passwordSecret];
      if (password === undefined || port === null) throw new Error(`${name} has no password or no port`);
      const onInitdb = (pid: number) => context.record.started(name, pid, "SIGKILL");
      return new PostgresProgram({ dataFolder, address: { port, database, user, password }, onNote, onInitdb });
    }
  }
}

/**
 * Who serves the clients of the stack's Redis components on a machine without a Redis server.
 *
 * @throws UserError when one of them has no stand-in.
 */
export function standInsWithoutRedis(plan: Plan): StandIns {
  const standIns = new Map<string, string>();
  const missing: string[] = [];
  for (const { name, source } of plan.components) {
    if (source.kind !== "redis") continue;
    if (source.standIn === null) missing.push(name);
    else standIns.set(name, source.standIn);
  }
  if (missing.length > 0) {
    throw new UserError(
      missing.map((name) => ({
        message: `${name} needs a Redis server, and this machine has none`,
        fix: `${INSTALL}, or give ${name} a standIn in the stack file`,
      })),
    );
  }
  return standIns;
}

const standInNote = (name: string, standIn: string): string =>
  `no redis-server here: the clients of ${name} use ${standIn} instead (install redis-server for the fast queue)`;

/** Restarts a service when something in its folder, or in one of the others it names, changes. Returns the way to stop. */
function watchServices({ plan, stackFolder, stack, quietMs, onNote }: WatchServicesOptions): () => void {
  const stops = plan.components.map(({ name, source }) => {
    if (source.kind !== "service") return () => {};
    const built = buildOf(source);
    const named = [...(built === null ? [] : [built.build]), ...source.watch.also].map((folder) => join(stackFolder, folder));
    for (const folder of named) if (!existsSync(folder)) onNote(`${name} should restart on changes in ${folder}, which doesn't exist`);
    let restarts = 0;
    const onChange = (path: string) => {
      onNote(`${relative(stackFolder, path)} changed: restarting ${name}`);
      restarts += 1;
      const mine = restarts;
      stack.restart(name).catch((error: Error) => {
        // One that a later change has overtaken is no news.
        if (mine === restarts) onNote(`${name} is not healthy again: ${error.message.split("\n")[0]}`);
      });
    };
    return watchFolders({ folders: named.filter((folder) => existsSync(folder)), quietMs, onChange, onNote });
  });
  return () => {
    for (const stop of stops) stop();
  };
}

/**
 * Watches folders and all below, also those made later. A watcher for each folder: Node's recursive one cannot leave out node_modules.
 * Returns the way to stop.
 */
export function watchFolders({ folders, quietMs, onChange, onNote }: WatchOptions): () => void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;

  const changed = (path: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(path), quietMs);
  };
  const forget = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const add = (folder: string) => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || IGNORED.has(name)) return;
        const path = join(folder, name);
        if (isFolder(path)) add(path);
        changed(path);
      });
      // A folder that is removed ends its watcher with an error on some systems.
      watcher.on("error", () => forget(folder));
      watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && !IGNORED.has(entry.name)) add(join(folder, entry.name));
      }
    } catch (error) {
      forget(folder);
      onNote(`changes in ${folder} go unseen: ${(error as Error).message}`);
    }
  };

  for (const folder of folders) add(folder);
  return () => {
    clearTimeout(timer);
    for (const folder of [...watchers.keys()]) forget(folder);
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
