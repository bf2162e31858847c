import { type ComponentKind, UNREADABLE } from "../definition.js";
import { show } from "../show.js";
import type { Report } from "./option-reader.js";

/** What the builder gives back for a declaration: pass it on where another one takes a component or a host. */
export interface Handle<Kind extends string> {
  readonly kind: Kind;
  readonly name: string;
}

export type ServiceHandle = Handle<"service">;
export type RedisHandle = Handle<"redis">;
export type PostgresHandle = Handle<"postgres">;
export type HostHandle = Handle<"host">;
export type ComponentHandle = ServiceHandle | RedisHandle | PostgresHandle;

/** A component by its handle, or by its name: a name may be written before the declaration. */
export type ComponentReference = ComponentHandle | string;

const COMPONENT_KINDS: readonly string[] = ["service", "redis", "postgres"] satisfies ComponentKind[];

/** The name of the component that the author refers to; `UNREADABLE`, and reported, when the value refers to none. */
export function readComponentReference(value: unknown, at: string, report: Report): string {
  return readReference(value, at, COMPONENT_KINDS, "a component", "web", report);
}

export function readHostReference(value: unknown, at: string, report: Report): string {
  return readReference(value, at, ["host"], "a host", "frontend", report);
}

function readReference(value: unknown, at: string, kinds: readonly string[], what: string, example: string, report: Report): string {
  if (typeof value === "string" && value !== UNREADABLE) return value;
  if (isHandleOf(value, kinds)) return value.name;
  report({
    at,
    code: "OPTION_INVALID",
    message: `this is not ${what} of the stack`,
    found: show(value),
    allowed: `${what}, or its name in quotes`,
    fix:
      value === undefined ? `write its name in quotes, for example "${example}": names work before the declaration too` : `write ${what}`,
  });
  return UNREADABLE;
}

function isHandleOf(value: unknown, kinds: readonly string[]): value is Handle<string> {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("name" in value)) return false;
  return typeof value.name === "string" && kinds.includes(String(value.kind));
}
