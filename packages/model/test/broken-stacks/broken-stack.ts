import { type Problem, type StackBuilder, type StackDefinition, stack } from "../../src/index.js";

/** A stack with something wrong, and everything that must be said about it. */
export interface BrokenStack {
  /** Completes "validateStack reports ...". */
  readonly name: string;
  readonly stack: StackDefinition;
  readonly problems: readonly Problem[];
}

export function broken(name: string, define: (s: StackBuilder) => void, problems: readonly Problem[]): BrokenStack {
  return { name, stack: stack("test", define), problems };
}

/** The builder as a plain JavaScript stack file sees it: anything may be passed. */
export type LooseBuilder = Readonly<Record<keyof StackBuilder, (...values: unknown[]) => never>>;

export function looselyBroken(name: string, define: (s: LooseBuilder) => void, problems: readonly Problem[]): BrokenStack {
  return broken(name, define as unknown as (s: StackBuilder) => void, problems);
}

/** Runs everything on one host, for stacks whose mistake has nothing to do with hosts. */
export function onOneHost(s: StackBuilder, ...names: readonly string[]): void {
  s.host("main", { subnet: "public", runs: names });
}
