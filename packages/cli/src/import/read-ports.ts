import type { ComposeService } from "./compose-service.js";
import { listOf, objectOf } from "./values.js";

/** A port of a container that Compose publishes. */
export interface PublishedPort {
  readonly target: number;
  /** `null`: Docker chooses one. */
  readonly published: number | null;
}

export interface ReadPorts {
  readonly published: readonly PublishedPort[];
  /** As they are written: ranges, UDP, what is no port. */
  readonly unreadable: readonly string[];
}

/** Short syntax ([[ADDRESS:]PUBLISHED:]TARGET[/tcp]) and long syntax. */
export function readPorts(value: unknown): ReadPorts {
  const published: PublishedPort[] = [];
  const unreadable: string[] = [];
  for (const item of listOf(value)) {
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
export function exposedPorts({ values }: Pick<ComposeService, "values">): readonly number[] {
  return listOf(values.expose).flatMap((item) => {
    const found = /^(\d+)(?:\/tcp)?$/.exec(String(item));
    return found === null ? [] : [Number(found[1])];
  });
}
