import { mkdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { buildOf, type PlannedComponent, UserError, type UserProblem } from "@groundplan/model";
import { type Launch, signalProcess } from "@groundplan/programs";
import { httpHealth } from "../health/http-health.js";
import { endLeftover } from "../processes/end-leftover.js";
import { findProgram } from "../processes/find-program.js";
import { inheritedEnv } from "../processes/inherited-env.js";
import { runsIn } from "../processes/process-identity.js";
import { readPidFile } from "../processes/read-pid-file.js";

/** What a part runs, whatever its kind: a service, Redis or PostgreSQL. */
export interface Program {
  /** Asks it to end cleanly. */
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end, in ms; `null` or missing: as long as any part. */
  readonly stopLimitMs?: number | null;
  /** Whether it may need long to start for a good reason (a database that recovers), so that no time limit applies. */
  readonly mayStartSlowly: boolean;
  /**
   * Makes ready what it needs, before each of its starts.
   *
   * @throws UserError when something is missing that only the user can provide.
   */
  prepare(signal: AbortSignal): Promise<Launch>;
  /**
   * Why it cannot do its work yet; `null` when it can. `upMs`: how long it has run. Settles soon after `signal` is aborted.
   *
   * @throws UserError when only the user can put it right.
   */
  check(signal: AbortSignal, upMs: number): Promise<string | null>;
  /** Gives up what `check` keeps open. Called before the process is asked to end, and after it has died. */
  disconnect?(): Promise<void>;
}

/** A service without a port counts as healthy when it has run that long: long enough to fail on its first lines, on a busy machine too. */
const SETTLED_MS = 1_000;

interface ServiceOptions {
  readonly component: PlannedComponent;
  readonly stackFolder: string;
  /** Where it listens on this machine. */
  readonly port: number | null;
  /** The plan's variables with addresses and secrets filled in. */
  readonly env: Readonly<Record<string, string>>;
  /** Run what `watch` says, if it says something. */
  readonly watch: boolean;
}

interface RedisOptions {
  /** Path of redis-server or valkey-server. */
  readonly server: string;
  readonly dataFolder: string;
  readonly port: number;
  readonly onNote: (text: string) => void;
}

const PATIENCE_MS = 2_000;

/** A program of the stack's author. */
export class ServiceProgram implements Program {
  readonly stopSignal = "SIGTERM";
  readonly mayStartSlowly = false;
  readonly stopLimitMs: number | null;
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    const { source } = options.component;
    this.#options = options;
    this.stopLimitMs = source.kind === "service" && source.stopSeconds !== null ? source.stopSeconds * 1_000 : null;
  }

  /** All that keeps it from being launched; checked for every service before anything starts. */
  problems(): readonly UserProblem[] {
    const plan = this.#launch();
    return "problem" in plan ? [plan.problem] : [];
  }

  async prepare(): Promise<Launch> {
    const plan = this.#launch();
    if ("problem" in plan) throw new UserError(plan.problem);
    return plan.launch;
  }

  async check(signal: AbortSignal, upMs: number): Promise<string | null> {
    const { health } = this.#options.component;
    const { port } = this.#options;
    if (health.kind === "http" && port !== null) return httpHealth(port, health.ready, signal);
    return upMs >= SETTLED_MS ? null : "it has only just started";
  }

  #launch(): { readonly launch: Launch } | { readonly problem: UserProblem } {
    const { component, stackFolder, env, watch } = this.#options;
    const { name, source } = component;
    if (source.kind !== "service") throw new Error(`${name} is a ${source.kind}, not a service`);
    const command = (watch ? source.watch.run : null) ?? source.local;
    const cwd = join(stackFolder, buildOf(source)?.build ?? ".");
    if (command === null || command[0] === undefined) {
      return {
        problem: { message: `nothing says how to run ${name} on this machine`, fix: `add local: "..." to s.service("${name}")` },
      };
    }
    if (!isFolder(cwd)) {
      return {
        problem: {
          message: `the folder of ${name} is missing: ${cwd}`,
          fix: `create it, or correct image: build(...) in s.service("${name}")`,
        },
      };
    }
    const program = findProgram(command[0], cwd);
    if (program === null) {
      const problem = {
        message: `${name} can't run "${command.join(" ")}": there is no program "${command[0]}"`,
        fix: `install ${command[0]}, or correct local in s.service("${name}")`,
      };
      return { problem };
    }
    return { launch: { program, args: command.slice(1), cwd, env: { ...inheritedEnv(), ...env } } };
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * The Redis server of this machine, or Valkey; `null`: none. With GROUNDPLAN_NO_REDIS=1 there is none even where one is
 * installed, to try a stack as it runs without.
 */
export function findRedisServer(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.GROUNDPLAN_NO_REDIS === "1") return null;
  return findProgram("redis-server", ".", env.PATH) ?? findProgram("valkey-server", ".", env.PATH);
}

/** A Redis whose answered writes survive `kill -9` and a power cut: each is in the append-only file, synced, before its answer. */
export class RedisProgram implements Program {
  readonly stopSignal = "SIGTERM";
  /** It reads its whole file first. */
  readonly mayStartSlowly = true;
  readonly #options: RedisOptions;

  constructor(options: RedisOptions) {
    this.#options = options;
  }

  async prepare(): Promise<Launch> {
    const { server, dataFolder, port } = this.#options;
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    const pidFile = join(dataFolder, "redis.pid");
    await this.#endOrphan(pidFile);
    const settings = {
      bind: "127.0.0.1",
      port: String(port),
      "protected-mode": "yes",
      daemonize: "no",
      dir: dataFolder,
      pidfile: pidFile,
      appendonly: "yes",
      appendfsync: "always",
      // A crash can leave half a command at the end of the file: it was never answered, so it is dropped.
      "aof-load-truncated": "yes",
      // The append-only file holds everything; snapshots would cost a fork each for nothing.
      save: "",
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    return { program: server, args, cwd: dataFolder, env: inheritedEnv() };
  }

  check(signal: AbortSignal): Promise<string | null> {
    return redisHealth(this.#options.port, signal);
  }

  /** Two servers on one append-only file would ruin it. */
  async #endOrphan(pidFile: string): Promise<void> {
    const pid = readPidFile(pidFile);
    if (pid === null || !runsIn(pid, "-server", this.#options.dataFolder)) return;
    this.#options.onNote(`a Redis server of an earlier run (pid ${pid}) still runs on ${this.#options.dataFolder}: ending it`);
    await endLeftover(pid, "SIGTERM", signalProcess);
  }
}

/** Why the Redis server on 127.0.0.1 is not healthy; `null`: it answered PING with PONG, so its data is loaded. */
export function redisHealth(port: number, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: PATIENCE_MS });
    let answer = "";
    const settle = (reason: string | null) => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(reason);
    };
    const onAbort = () => settle("not asked any more");
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("connect", () => socket.write("PING\r\n"));
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      const end = answer.indexOf("\r\n");
      if (end >= 0) settle(answer.startsWith("+PONG") ? null : answer.slice(1, end));
    });
    socket.on("timeout", () => settle(`no answer within ${PATIENCE_MS / 1000} s`));
    socket.on("end", () => settle("it closed the connection"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      settle(error.code === "ECONNREFUSED" ? `it does not listen on port ${port} yet` : error.message);
    });
  });
}
