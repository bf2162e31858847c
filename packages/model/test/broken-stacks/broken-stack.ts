import type { Problem, StackDefinition } from "../../src/index.js";
import { byName, type LooseBuilder } from "../by-name.js";

export type { LooseBuilder } from "../by-name.js";

/** A stack with something wrong, and everything that must be said about it. */
export interface BrokenStack {
  /** Completes "checkStack reports ...". */
  readonly name: string;
  readonly stack: StackDefinition;
  readonly problems: readonly Problem[];
}

/** A stack file of plain JavaScript, which may refer to anything by its name: what is told of that is left out, see references.ts. */
export function broken(name: string, define: (s: LooseBuilder) => void, problems: readonly Problem[]): BrokenStack {
  return { name, stack: byName("test", define), problems };
}

/** Runs everything on one host, for stacks whose mistake has nothing to do with hosts. */
export function onOneHost(s: LooseBuilder, ...names: readonly string[]): void {
  s.host("main", { subnet: "public", runs: names });
}
