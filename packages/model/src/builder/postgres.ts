import type { PostgresDefinition } from "../definition.js";
import { OptionReader, type Report } from "./option-reader.js";
import { portNumber, sqlName } from "./value-kind.js";

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
}

const OPTIONS: Readonly<Record<keyof PostgresOptions, true>> = { port: true, database: true, user: true };

export function readPostgres(name: string, at: string, value: unknown, report: Report): PostgresDefinition {
  const options = new OptionReader(at, value, OPTIONS, report);
  return {
    kind: "postgres",
    name,
    port: options.read("port", portNumber(5432), 5432),
    database: options.read("database", sqlName("app"), "app"),
    user: options.read("user", sqlName("app"), "app"),
  };
}
