import { reference, UNREADABLE } from "./handles.js";
import { memory, portNumber, sqlName, text } from "./kinds.js";
import { type DefinitionOf, type OptionsOf, optional, type Place, readShape, withDefault } from "./shape.js";

/** A version each, so that a redeployment changes nothing by chance. */
const IMAGES = { redis: "redis:7.2.7-bookworm", postgres: "postgres:17.5-bookworm" } as const;

/** A Redis server (or Valkey, which speaks the same protocol) that keeps every write through a crash. */
export const REDIS = {
  /**
   * The port that it listens on.
   *
   * @default 6379
   * @example s.redis("cache", { port: 6380 })
   */
  port: withDefault(portNumber(6379), 6379),

  /**
   * The PostgreSQL that serves its clients on a machine that has no Redis server. They get the address of that
   * database under the same variables, and tell by the scheme of the URL which one they have.
   *
   * @default none: it needs a Redis server
   * @example s.redis("queue", { standIn: db })   // with Redis QUEUE_URL=redis://..., without QUEUE_URL=postgres://...
   */
  standIn: optional(reference.standIn, UNREADABLE),

  /**
   * The image that it runs from in containers. Valkey's will do as well.
   *
   * @default "redis:7.2.7-bookworm"
   * @example s.redis("cache", { image: "valkey/valkey:8.1.1-bookworm" })
   */
  image: withDefault(text(JSON.stringify(IMAGES.redis)), IMAGES.redis),

  /**
   * Most memory that it may take in a container, in MiB. Where it is full it refuses writes; it drops nothing.
   *
   * @default 512
   * @example s.redis("queue", { memoryMb: 2048 })
   */
  memoryMb: withDefault(memory(512), 512),
};

/** A Redis server (or Valkey, which speaks the same protocol) that keeps every write through a crash. */
export interface RedisOptions extends OptionsOf<typeof REDIS> {}

/** A Redis server. `standIn` is the name of a PostgreSQL. */
export interface RedisDefinition extends DefinitionOf<typeof REDIS> {
  readonly kind: "redis";
  readonly name: string;
}

export function readRedis(name: string, value: unknown, place: Place): RedisDefinition {
  return { kind: "redis", name, ...readShape(REDIS, value, place) };
}

/** A PostgreSQL server with one database and one user who owns it. Its password is the secret `<name>-password`. */
export const POSTGRES = {
  /**
   * The port that it listens on.
   *
   * @default 5432
   * @example s.postgres("db", { port: 5433 })
   */
  port: withDefault(portNumber(5432), 5432),

  /**
   * Name of the database that is made in it.
   *
   * @default "app"
   * @example s.postgres("db", { database: "polls" })   // DB_NAME=polls, DB_URL=postgres://app:...@db:5432/polls
   */
  database: withDefault(sqlName("app"), "app"),

  /**
   * Name of the user who owns the database.
   *
   * @default "app"
   * @example s.postgres("db", { user: "poll_owner" })   // DB_USER=poll_owner
   */
  user: withDefault(sqlName("app"), "app"),

  /**
   * The image that it runs from in containers. The data of one major version cannot be read by another.
   *
   * @default "postgres:17.5-bookworm"
   * @example s.postgres("db", { image: "postgis/postgis:17-3.5" })
   */
  image: withDefault(text(JSON.stringify(IMAGES.postgres)), IMAGES.postgres),

  /**
   * Most memory that it may take in a container, in MiB.
   *
   * @default 1024
   * @example s.postgres("db", { memoryMb: 4096 })
   */
  memoryMb: withDefault(memory(1024), 1024),
};

/** A PostgreSQL server with one database and one user who owns it. Its password is the secret `<name>-password`. */
export interface PostgresOptions extends OptionsOf<typeof POSTGRES> {}

/** A PostgreSQL server. */
export interface PostgresDefinition extends DefinitionOf<typeof POSTGRES> {
  readonly kind: "postgres";
  readonly name: string;
}

export function readPostgres(name: string, value: unknown, place: Place): PostgresDefinition {
  return { kind: "postgres", name, ...readShape(POSTGRES, value, place) };
}

/** The secret that holds the password of a PostgreSQL component. */
export function passwordSecretOf(postgres: string): string {
  return `${postgres}-password`;
}
