import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import { isPlainObject, listOf, show } from "../show.js";

/**
 * What a declaration may say, written once: from a shape follow the options that an author may write, the definition that comes of
 * them, the keys that are known, the defaults, what is wrong with a value, and the page docs/reference.md. The comment above each
 * option is its documentation, in the editor and in the reference.
 */
export type Shape = Readonly<Record<string, Field<never, unknown, boolean>>>;

/** One option: the kind of its value, and what stands for it where it is not written. */
export interface Field<In, Out, Required extends boolean> {
  readonly kind: Kind<Out, In>;
  readonly required: Required;
  readonly fallback: Out;
  /** Stands for a value that could not be read, where the fallback would make rules report what is not so. */
  readonly unreadable: Out;
}

/** A kind of value that an option takes: how a message names it, and how it is read. */
export interface Kind<Out, In = Out> {
  /** Completes the sentence "... is not". */
  readonly allowed: string;
  /** As the author would write it. */
  readonly example: string;
  /** `undefined`: the value is not of this kind, and nothing has been said about it yet. A kind with parts reports these itself. */
  parse(value: unknown, place: Place): Out | undefined;
  /** What an author may write. Only the compiler reads it. */
  readonly takes?: (value: In) => void;
}

/** Where a value stands, and who hears of what is wrong with it. */
export interface Place {
  /** A path to search for in the stack file, for example `services.vote.port`. */
  readonly at: string;
  readonly reading: Reading;
}

/** The stack that is being read. */
export interface Reading {
  /** Takes a mistake that the definition itself has no room for. One that needs to know all names is worked out at the end. */
  report(problem: Problem | (() => Problem)): void;
  /** Whether a handle comes from this stack. */
  owns(handle: object): boolean;
  /** All that the stack declares of some kinds: complete only at the end. */
  declared(kinds: readonly string[]): readonly { readonly kind: string; readonly name: string }[];
}

/** An option that says nothing when it is not written: `null`. */
export function optional<Out, In>(kind: Kind<Out, In>): Field<In, Out | null, false>;
export function optional<Out, In>(kind: Kind<Out, In>, unreadable: Out): Field<In, Out | null, false>;
export function optional<Out, In>(kind: Kind<Out, In>, unreadable: Out | null = null): Field<In, Out | null, false> {
  return { kind, required: false, fallback: null, unreadable };
}

/** An option with a value for those who do not write it. */
export function withDefault<Out, In>(kind: Kind<Out, In>, fallback: Out): Field<In, Out, false> {
  return { kind, required: false, fallback, unreadable: fallback };
}

/** An option that must be written. */
export function required<Out, In>(kind: Kind<Out, In>, unreadable: Out): Field<In, Out, true> {
  return { kind, required: true, fallback: unreadable, unreadable };
}

type KeysThat<S, Required extends boolean> = {
  [K in keyof S]: S[K] extends { readonly required: Required } ? K : never;
}[keyof S];
type InputOf<F> = F extends Field<infer In, infer _, boolean> ? In : never;

/** What an author may write. `K` is a parameter so that the comments above the options stay with them. */
type OptionalOptions<S, K extends keyof S> = { readonly [P in K]?: InputOf<S[P]> };
type RequiredOptions<S, K extends keyof S> = { readonly [P in K]: InputOf<S[P]> };
export type OptionsOf<S> = OptionalOptions<S, KeysThat<S, false>> & RequiredOptions<S, KeysThat<S, true>>;

/** What comes of it. */
export type DefinitionOf<S> = { readonly [K in keyof S]: S[K] extends Field<infer _, infer Out, boolean> ? Out : never };

/** The value of every option that is not written. */
export function defaultsOf<S extends Shape>(shape: S): DefinitionOf<S> {
  return Object.fromEntries(Object.entries(shape).map(([key, { fallback }]) => [key, fallback])) as DefinitionOf<S>;
}

/**
 * Reads options, which in a plain JavaScript stack file may be anything: each wrong value is reported and replaced, so that the rest
 * is read too.
 *
 * @param what The options as a message names them, for example "options" or "alarms".
 */
export function readShape<S extends Shape>(shape: S, value: unknown, { at, reading }: Place, what = "options"): DefinitionOf<S> {
  const values = new Map(entriesOf(value, { at, reading }, what));
  const known = Object.keys(shape);
  for (const key of values.keys()) {
    if (!known.includes(key)) reading.report(unknownOption(`${at}.${key}`, key, known));
  }
  const read = Object.entries(shape).map(([key, field]) => [key, readField(key, field, values.get(key), { at: `${at}.${key}`, reading })]);
  return Object.fromEntries(read) as DefinitionOf<S>;
}

function readField(key: string, { kind, required, fallback, unreadable }: Shape[string], value: unknown, place: Place): unknown {
  if (value === undefined) {
    if (required) place.reading.report(invalid(key, kind, `${key} is missing`, "nothing", place.at));
    return fallback;
  }
  const parsed = kind.parse(value, place);
  if (parsed !== undefined) return parsed;
  place.reading.report(invalid(key, kind, `${key} is not ${kind.allowed}`, show(value), place.at));
  return unreadable;
}

function invalid(key: string, { allowed, example }: Kind<unknown, never>, message: string, found: string, at: string): Problem {
  return { at, code: "OPTION_INVALID", message, found, allowed, fix: `write ${allowed}, for example ${key}: ${example}` };
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

/** The entries of an object that the author wrote; anything else is reported and has none. */
export function entriesOf(value: unknown, { at, reading }: Place, what: string): readonly [string, unknown][] {
  if (value === undefined) return [];
  if (isPlainObject(value)) return Object.entries(value);
  reading.report({
    at,
    code: "OPTION_INVALID",
    message: `the ${what} are not an object`,
    found: show(value),
    allowed: "an object",
    fix: `write the ${what} in braces: { name: value }`,
  });
  return [];
}
