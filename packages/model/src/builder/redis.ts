import type { RedisDefinition } from "../definition.js";
import { DEFAULT_IMAGES } from "./default-images.js";
import { type PostgresHandle, readComponentReference } from "./handle.js";
import { OptionReader, type Report } from "./option-reader.js";
import { memory, portNumber, text } from "./value-kind.js";

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

  /**
   * The image that it runs from in containers. Valkey's will do as well.
   *
   * @default "redis:7.2.7-bookworm"
   * @example s.redis("cache", { image: "valkey/valkey:8.1.1-bookworm" })
   */
  readonly image?: string;

  /**
   * Most memory that it may take in a container, in MiB. Where it is full it refuses writes; it drops nothing.
   *
   * @default 512
   * @example s.redis("queue", { memoryMb: 2048 })
   */
  readonly memoryMb?: number;
}

const OPTIONS: Readonly<Record<keyof RedisOptions, true>> = { port: true, standIn: true, image: true, memoryMb: true };

export function readRedis(name: string, at: string, value: unknown, report: Report): RedisDefinition {
  const options = new OptionReader(at, value, OPTIONS, report);
  return {
    kind: "redis",
    name,
    port: options.read("port", portNumber(6379), 6379),
    standIn: options.wrote("standIn") ? readComponentReference(options.raw("standIn"), `${at}.standIn`, report) : null,
    image: options.read("image", text(JSON.stringify(DEFAULT_IMAGES.redis)), DEFAULT_IMAGES.redis),
    memoryMb: options.read("memoryMb", memory(512), 512),
  };
}
