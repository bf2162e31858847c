import { stack } from "@groundplan/model";

/**
 * Images by their name without registry and tag, with the port that they listen on and the memory that they need to start, in MiB.
 * Sources: the images' pages on Docker Hub.
 */
const SERVERS: Readonly<Record<string, { readonly port: number; readonly memoryMb?: number }>> = {
  mysql: { port: 3306, memoryMb: 1024 },
  mariadb: { port: 3306, memoryMb: 512 },
  mongo: { port: 27017, memoryMb: 1024 },
  rabbitmq: { port: 5672, memoryMb: 512 },
  memcached: { port: 11211 },
  nats: { port: 4222 },
  nginx: { port: 80 },
  httpd: { port: 80 },
  caddy: { port: 80 },
  wordpress: { port: 80, memoryMb: 512 },
  elasticsearch: { port: 9200, memoryMb: 2048 },
};

export type ImageKind = "redis" | "postgres" | "service";

const KINDS: Readonly<Record<string, ImageKind>> = {
  redis: "redis",
  "valkey/valkey": "redis",
  postgres: "postgres",
  "postgis/postgis": "postgres",
  "timescale/timescaledb": "postgres",
  "pgvector/pgvector": "postgres",
};

export interface KnownImage {
  readonly kind: ImageKind;
  readonly port: number | null;
  readonly memoryMb: number | null;
  /** Whether it names a version; "latest" names none. */
  readonly versioned: boolean;
}

/** What is known of an image by its name. */
export function knownImage(image: string): KnownImage {
  const [withTag = "", digest] = image.split("@");
  const found = /^(?:docker\.io\/)?(?:library\/)?(.+?)(?::([^:/]+))?$/.exec(withTag);
  const name = found?.[1] ?? "";
  const server = SERVERS[name];
  return {
    kind: KINDS[name] ?? "service",
    port: server?.port ?? null,
    memoryMb: server?.memoryMb ?? null,
    versioned: digest !== undefined || !["latest", undefined].includes(found?.[2]),
  };
}

/** The database that the model declares when it is told nothing but the kind. */
export function usualDatabase(kind: "redis" | "postgres"): { readonly image: string; readonly port: number; readonly memoryMb: number } {
  const [component] = stack("usual", (s) => s[kind]("db")).components;
  if (component === undefined || component.kind === "service") throw new Error(`the model declares no ${kind}`);
  return component;
}

/** Whether PostgreSQL takes it as the name of a user and of a database, as the model sees it. */
export function isSqlName(name: string): boolean {
  return stack("usual", (s) => s.postgres("db", { user: name, database: name })).mistakes.length === 0;
}
