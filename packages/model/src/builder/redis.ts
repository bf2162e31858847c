import type { RedisDefinition } from "../definition.js";
import { type PostgresHandle, readComponentReference } from "./handle.js";
import { OptionReader, type Report } from "./option-reader.js";
import { portNumber } from "./value-kind.js";

/** A Redis server (or Valkey, which speaks the same protocol) that keeps every write through a crash. */
export interface RedisOptions {
  /**
   * The port that it listens on.
   *
   * @default 6379
   * @example s.redis("cache", { port: 6380 })
   */
  readonly port?: number;

  /**
   * The PostgreSQL that serves its clients on a machine that has no Redis server. They get the address of that
   * database under the same variables, and tell by the scheme of the URL which one they have.
   *
   * @default none: it needs a Redis server
   * @example s.redis("queue", { standIn: db })   // with Redis QUEUE_URL=redis://..., without QUEUE_URL=postgres://...
   */
  readonly standIn?: PostgresHandle | string;
}

const OPTIONS: Readonly<Record<keyof RedisOptions, true>> = { port: true, standIn: true };

export function readRedis(name: string, at: string, value: unknown, report: Report): RedisDefinition {
  const options = new OptionReader(at, value, OPTIONS, report);
  return {
    kind: "redis",
    name,
    port: options.read("port", portNumber(6379), 6379),
    standIn: options.wrote("standIn") ? readComponentReference(options.raw("standIn"), `${at}.standIn`, report) : null,
  };
}
