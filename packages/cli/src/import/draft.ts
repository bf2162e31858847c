import { defaultsOf, POSTGRES, REDIS } from "@groundplan/model";
import type { ComposeService } from "./compose-service.js";
import { itemsOf, objectOf } from "./values.js";

/** A service of a Compose file, as far as others need to know it. */
export interface Draft {
  readonly service: ComposeService;
  readonly kind: ImageKind;
  readonly image: KnownImage | null;
  readonly ports: ReadPorts;
  /** The port that it listens on; `null`: the file does not say it. */
  readonly port: number | null;
}

/** @param named The ports at which other services look for it. */
export function draftOf(service: ComposeService, named: readonly number[]): Draft {
  const { values } = service;
  const image = typeof values.image === "string" ? knownImage(values.image) : null;
  const kind = values.build === undefined ? (image?.kind ?? "service") : "service";
  const ports = readPorts(values.ports);
  const draft = { service, kind, image, ports };
  if (kind === "service") {
    const targets = ports.published.map(({ target }) => target);
    const told = numberIn(envText(service, "PORT"));
    const port = told !== null && targets.includes(told) ? told : (targets[0] ?? exposedPorts(service)[0] ?? told ?? named[0]);
    return { ...draft, port: port ?? image?.port ?? null };
  }
  const told = kind === "postgres" ? envText(service, "PGPORT") : /--port (\d+)/.exec(itemsOf(values.command).join(" "))?.[1];
  return { ...draft, port: numberIn(told) ?? usualDatabase(kind).port };
}

export function isPublic({ kind, ports }: Draft): boolean {
  return kind === "service" && ports.published.length > 0;
}

export function envText(service: ComposeService, name: string): string | undefined {
  return service.env.find((entry) => entry.name === name)?.text;
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** A database that says nothing of itself. */
export function usualDatabase(kind: "redis" | "postgres"): { readonly image: string; readonly port: number; readonly memoryMb: number } {
  return defaultsOf(kind === "redis" ? REDIS : POSTGRES);
}

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

type ImageKind = "redis" | "postgres" | "service";

const KINDS: Readonly<Record<string, ImageKind>> = {
  redis: "redis",
  "valkey/valkey": "redis",
  postgres: "postgres",
  "postgis/postgis": "postgres",
  "timescale/timescaledb": "postgres",
  "pgvector/pgvector": "postgres",
};

interface KnownImage {
  readonly kind: ImageKind;
  readonly port: number | null;
  readonly memoryMb: number | null;
  /** Whether it names a version; "latest" names none. */
  readonly versioned: boolean;
}

/** What is known of an image by its name. */
function knownImage(image: string): KnownImage {
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

/** A port of a container that Compose publishes. */
interface PublishedPort {
  readonly target: number;
  /** `null`: Docker chooses one. */
  readonly published: number | null;
}

interface ReadPorts {
  readonly published: readonly PublishedPort[];
  /** As they are written: ranges, UDP, what is no port. */
  readonly unreadable: readonly string[];
}

/** Short syntax ([[ADDRESS:]PUBLISHED:]TARGET[/tcp]) and long syntax. */
export function readPorts(value: unknown): ReadPorts {
  const published: PublishedPort[] = [];
  const unreadable: string[] = [];
  for (const item of itemsOf(value)) {
    const port = typeof item === "object" ? longPort(item) : shortPort(String(item));
    if (port === null) unreadable.push(typeof item === "object" ? JSON.stringify(item) : String(item));
    else published.push(port);
  }
  return { published, unreadable };
}

function shortPort(text: string): PublishedPort | null {
  const found = /^(?:(?:\[[^\]]*\]|[^:[\]]*):)?(?:(\d*):)?(\d+)(?:\/tcp)?$/.exec(text);
  // "8080:80" has its first part taken for an address.
  const simple = /^(\d+):(\d+)(?:\/tcp)?$/.exec(text);
  if (simple !== null) return { target: Number(simple[2]), published: Number(simple[1]) };
  return found === null ? null : { target: Number(found[2]), published: found[1] ? Number(found[1]) : null };
}

function longPort(item: unknown): PublishedPort | null {
  const { target, published, protocol = "tcp" } = objectOf(item);
  if (protocol !== "tcp" || !/^\d+$/.test(String(target))) return null;
  return { target: Number(target), published: /^\d+$/.test(String(published)) ? Number(published) : null };
}

/** The ports that `expose` names. */
function exposedPorts({ values }: Pick<ComposeService, "values">): readonly number[] {
  return itemsOf(values.expose).flatMap((item) => {
    const found = /^(\d+)(?:\/tcp)?$/.exec(String(item));
    return found === null ? [] : [Number(found[1])];
  });
}
