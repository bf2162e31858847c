import { isSqlName, type PostgresOptions, type RedisOptions } from "@groundplan/model";
import type { ComposeService } from "./compose-service.js";
import { type Draft, envText, usualDatabase } from "./draft.js";

import type { Notes } from "./notes.js";
import { memoryMbOf } from "./read-memory.js";

const VARIABLES = ["POSTGRES_USER", "POSTGRES_DB", "PGDATA", "PGPORT"];

/** User and database as the image `postgres` makes them; where the model cannot take a name, its own. */
export function databaseNames(service: ComposeService): { readonly user: string; readonly database: string } {
  const { user, database } = writtenNames(service);
  return { user: isSqlName(user) ? user : "app", database: isSqlName(database) ? database : "app" };
}

function writtenNames(service: ComposeService): { readonly user: string; readonly database: string } {
  const user = envText(service, "POSTGRES_USER") || "postgres";
  return { user, database: envText(service, "POSTGRES_DB") || user };
}

export function postgresOptions(draft: Draft, notes: Notes): PostgresOptions {
  const { service } = draft;
  const names = databaseNames(service);
  const written = writtenNames(service);
  const path = ["services", service.key, "environment"];
  for (const key of ["user", "database"] as const) {
    if (names[key] === written[key]) continue;
    notes.add(path, service.name, `the ${key} ${JSON.stringify(written[key])} is now "app"`, "names in a stack are of a-z, 0-9 and _");
  }
  for (const { name, line } of service.env) {
    const note = (what: string, advice: string) => notes.add([...path, name], service.name, what, advice, line);
    if (name.startsWith("POSTGRES_PASSWORD")) note("the password is generated, and the link gives it", "nobody has to write it down");
    else if (!VARIABLES.includes(name)) note(`${name} is not carried over`, "the database is set up by user, database and port");
  }
  return {
    ...(names.user === "app" ? {} : { user: names.user }),
    ...(names.database === "app" ? {} : { database: names.database }),
    ...commonOptions(draft, "postgres", notes),
  };
}

export function redisOptions(draft: Draft, notes: Notes): RedisOptions {
  const { service } = draft;
  for (const { name, line } of service.env) {
    const path = ["services", service.key, "environment", name];
    notes.add(path, service.name, `${name} is not carried over`, "Redis needs no variables here", line);
  }
  return commonOptions(draft, "redis", notes);
}

function commonOptions({ service, image, port, ports }: Draft, kind: "redis" | "postgres", notes: Notes) {
  const usual = usualDatabase(kind);
  const path = ["services", service.key];
  const written = String(service.values.image);
  if (image?.versioned !== true) {
    notes.add(
      [...path, "image"],
      service.name,
      `${written} names no version: it runs ${usual.image}`,
      `write image: "${kind}:..." for another`,
    );
  }
  if (service.values.command !== undefined) {
    const advice = "groundplan starts it with its own settings: every answered write is on the disk";
    notes.add([...path, "command"], service.name, "command is not carried over", advice);
  }
  if (service.values.healthcheck !== undefined) {
    notes.add([...path, "healthcheck"], service.name, "healthcheck is not carried over", "groundplan asks the database itself");
  }
  if (ports.published.length > 0) {
    notes.add(
      [...path, "ports"],
      service.name,
      "its port is not published",
      "a database is for the services that use it; in containers only they reach it",
    );
  }
  const memoryMb = memoryMbOf(service, usual.memoryMb, notes);
  return {
    ...(port === usual.port || port === null ? {} : { port }),
    ...(image?.versioned === true && written !== usual.image ? { image: written } : {}),
    ...(memoryMb === usual.memoryMb ? {} : { memoryMb }),
  };
}
