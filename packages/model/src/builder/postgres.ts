import type { PostgresDefinition } from "../definition.js";
import { DEFAULT_IMAGES } from "./default-images.js";
import { OptionReader, type Report } from "./option-reader.js";
import { memory, portNumber, sqlName, text } from "./value-kind.js";

/** A PostgreSQL server with one database and one user who owns it. Its password is the secret `<name>-password`. */
export interface PostgresOptions {
  /**
   * The port that it listens on.
   *
   * @default 5432
   * @example s.postgres("db", { port: 5433 })
   */
  readonly port?: number;

  /**
   * Name of the database that is made in it.
   *
   * @default "app"
   * @example s.postgres("db", { database: "polls" })   // DB_NAME=polls, DB_URL=postgres://app:...@db:5432/polls
   */
  readonly database?: string;

  /**
   * Name of the user who owns the database.
   *
   * @default "app"
   * @example s.postgres("db", { user: "poll_owner" })   // DB_USER=poll_owner
   */
  readonly user?: string;

  /**
   * The image that it runs from in containers. The data of one major version cannot be read by another.
   *
   * @default "postgres:17.5-bookworm"
   * @example s.postgres("db", { image: "postgis/postgis:17-3.5" })
   */
  readonly image?: string;

  /**
   * Most memory that it may take in a container, in MiB.
   *
   * @default 1024
   * @example s.postgres("db", { memoryMb: 4096 })
   */
  readonly memoryMb?: number;
}

const OPTIONS: Readonly<Record<keyof PostgresOptions, true>> = { port: true, database: true, user: true, image: true, memoryMb: true };

export function readPostgres(name: string, at: string, value: unknown, report: Report): PostgresDefinition {
  const options = new OptionReader(at, value, OPTIONS, report);
  return {
    kind: "postgres",
    name,
    port: options.read("port", portNumber(5432), 5432),
    database: options.read("database", sqlName("app"), "app"),
    user: options.read("user", sqlName("app"), "app"),
    image: options.read("image", text(JSON.stringify(DEFAULT_IMAGES.postgres)), DEFAULT_IMAGES.postgres),
    memoryMb: options.read("memoryMb", memory(1024), 1024),
  };
}
