import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import { isPlainObject, listOf, show } from "../show.js";
import type { ValueKind } from "./value-kind.js";

/** Takes a mistake that the definition itself has no room for, such as an option that does not exist. */
export type Report = (problem: Problem) => void;

/**
 * Reads an options object, which in a plain JavaScript stack file may hold anything: each wrong
 * value is reported and replaced by the fallback, so that the rest is read too.
 */
export class OptionReader {
  readonly at: string;
  readonly report: Report;
  readonly #values: ReadonlyMap<string, unknown>;

  /** `known`: every option there is; the type makes sure that none is forgotten. */
  constructor(at: string, options: unknown, known: Readonly<Record<string, true>>, report: Report) {
    this.at = at;
    this.report = report;
    this.#values = new Map(entriesOf(at, options, "options", report));
    const keys = Object.keys(known);
    for (const key of this.#values.keys()) {
      if (!keys.includes(key)) report(unknownOption(`${at}.${key}`, key, keys));
    }
  }

  /** `undefined` counts as not written. */
  wrote(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  raw(key: string): unknown {
    return this.#values.get(key);
  }

  /** `unreadable` takes the place of a wrong value where the fallback would make rules report what is not so. */
  read<T, F>(key: string, kind: ValueKind<T>, fallback: F, unreadable: T | F = fallback): T | F {
    const value = this.raw(key);
    if (value === undefined) return fallback;
    const parsed = kind.parse(value);
    if (parsed !== undefined) return parsed;
    this.invalid(key, kind, `${key} is not ${kind.allowed}`, show(value));
    return unreadable;
  }

  /** The same for an option that has no default. */
  require<T>(key: string, kind: ValueKind<T>, fallback: T): T {
    if (!this.wrote(key)) this.invalid(key, kind, `${key} is missing`, "nothing");
    return this.read(key, kind, fallback);
  }

  private invalid(key: string, kind: ValueKind<unknown>, message: string, found: string): void {
    const fix = `write ${kind.allowed}, for example ${key}: ${kind.example}`;
    this.report({ at: `${this.at}.${key}`, code: "OPTION_INVALID", message, found, allowed: kind.allowed, fix });
  }
}

/** The entries of an object that the author wrote; anything else is reported and has none. */
export function entriesOf(at: string, value: unknown, what: string, report: Report): readonly [string, unknown][] {
  if (value === undefined) return [];
  if (isPlainObject(value)) return Object.entries(value);
  report({
    at,
    code: "OPTION_INVALID",
    message: `the ${what} are not an object`,
    found: show(value),
    allowed: "an object",
    fix: `write the ${what} in braces: { name: value }`,
  });
  return [];
}

/** The items of a list that the author wrote; anything else is reported and has none. */
export function itemsOf(at: string, value: unknown, example: string, report: Report): readonly unknown[] {
  if (Array.isArray(value)) return value;
  report({
    at,
    code: "OPTION_INVALID",
    message: value === undefined ? "the list is missing" : "this is not a list",
    found: value === undefined ? "nothing" : show(value),
    allowed: "a list",
    fix: `write a list, for example ${example}`,
  });
  return [];
}

function unknownOption(at: string, key: string, keys: readonly string[]): Problem {
  const near = nearest(key, keys);
  return {
    at,
    code: "OPTION_UNKNOWN",
    message: `there is no option ${show(key)} here`,
    found: show(key),
    allowed: listOf(keys),
    fix: near === null ? `remove ${key}` : `write ${near}`,
  };
}
