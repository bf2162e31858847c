import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type Launch, signalProcess } from "@groundplan/programs";
import { endLeftover } from "../processes/end-leftover.js";
import { findProgram } from "../processes/find-program.js";
import { inheritedEnv } from "../processes/inherited-env.js";
import { runsIn } from "../processes/process-identity.js";
import { readPidFile } from "../processes/read-pid-file.js";
import type { Program } from "./program.js";

/**
 * The Redis server of this machine, or Valkey; `null`: none. With GROUNDPLAN_NO_REDIS=1 there is none even where one is
 * installed, to try a stack as it runs without.
 */
export function findRedisServer(env: NodeJS.ProcessEnv = process.env): string | null {
  if (env.GROUNDPLAN_NO_REDIS === "1") return null;
  return findProgram("redis-server", ".", env.PATH) ?? findProgram("valkey-server", ".", env.PATH);
}

export interface RedisOptions {
  /** Path of redis-server or valkey-server. */
  readonly server: string;
  readonly dataFolder: string;
  readonly port: number;
  readonly onNote: (text: string) => void;
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

const PATIENCE_MS = 2_000;

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
