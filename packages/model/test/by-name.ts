import { type StackBuilder, type StackDefinition, stack } from "../src/index.js";

/** The builder as a plain JavaScript stack file sees it: anything may be passed. */
export type LooseBuilder = Readonly<Record<keyof StackBuilder | "pageOf", (...values: unknown[]) => never>>;

/** Told of every reference by a name in place of a constant; data has nothing but names. */
const BY_NAME = /is only a name, and .* is given by its constant$/;

/** A definition whose references are names, in any order, as data that came from elsewhere may have them. */
export function byName(name: string, define: (s: LooseBuilder) => void): StackDefinition {
  const definition = stack(name, define as unknown as (s: StackBuilder) => void);
  return { ...definition, mistakes: definition.mistakes.filter(({ message }) => !BY_NAME.test(message)) };
}
