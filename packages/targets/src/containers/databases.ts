import type { ComponentSource, PlannedComponent } from "@groundplan/model";

/** Where the image of a database keeps its data; nothing for a service. */
export const DATA_FOLDER = { service: null, redis: "/data", postgres: "/var/lib/postgresql/data" } as const;

/** What PostgreSQL's processes share with each other, in MiB; Docker's 64 are too few for larger queries. */
export const POSTGRES_SHARED_MB = 128;

/** Longest that a container may take to end: a service finishes its requests, a database writes everything out. */
export const STOP_SECONDS = { service: 30, redis: 60, postgres: 60 } as const;

/** Processes and threads, more than any of these needs; a fork bomb ends here. */
export const MOST_PROCESSES = 512;

/** The volume that holds the data of a database. */
export function volumeOf(database: string): string {
  return `${database}-data`;
}

/** A Redis whose answered writes survive: each is in the append-only file, synced, before its answer. Full, it refuses writes and drops nothing. */
export function redisCommand({ port, memoryMb }: PlannedComponent): readonly string[] {
  const settings = {
    port,
    // The network lets in nobody but its users; the protection would refuse these too.
    "protected-mode": "no",
    appendonly: "yes",
    appendfsync: "always",
    save: '""',
    // The rest is for the copy that it makes of itself while it writes its file anew.
    maxmemory: `${Math.floor(memoryMb * 0.6)}mb`,
    "maxmemory-policy": "noeviction",
  };
  return ["redis-server", ...Object.entries(settings).map(([name, value]) => `--${name} ${value}`)];
}

/** Variables of the image `postgres`, without the password. */
export function postgresEnv(port: number | null, source: ComponentSource & { kind: "postgres" }): Readonly<Record<string, string>> {
  return {
    POSTGRES_USER: source.user,
    POSTGRES_DB: source.database,
    // Said, since the default moved with version 18.
    PGDATA: DATA_FOLDER.postgres,
    // For the server and for every program in the container.
    ...(port === 5432 ? {} : { PGPORT: String(port) }),
  };
}
