import type { StackDefinition } from "@groundplan/model";

/** From `src` and from `dist` alike. Read while it runs, as the tool reads any stack file: packages know no stack, and compile without one. */
const STACK_FILE = new URL("../../../stacks/voting/stack.ts", import.meta.url);

const { default: voting } = (await import(STACK_FILE.href)) as { readonly default: StackDefinition };

/** The voting stack that ships: three hosts, four links, monitoring and a pipeline. */
export function votingStack(): StackDefinition {
  return voting;
}
