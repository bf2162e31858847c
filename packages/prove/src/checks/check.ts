import type { Plan } from "@groundplan/model";
import type { StateResource } from "../terraform/state-resource.js";

/** Something that must hold of what was applied. */
export interface Check {
  /** What holds when it passes: a sentence without a full stop. */
  readonly claim: string;
  /** @returns what contradicts it, a sentence each; `null`: there is nothing to hold it against. */
  contradictions(applied: Applied): readonly string[] | null;
}

export interface Applied {
  readonly resources: readonly StateResource[];
  /** The stack that the files were made from; `null`: they are somebody's own. */
  readonly plan: Plan | null;
  /** The range that stands for the operator's address. */
  readonly operatorCidr: string;
  /** Whether the cloud has something of this id or ARN. */
  readonly exists: (id: string) => boolean;
}

export function ofType(resources: readonly StateResource[], ...types: readonly string[]): readonly StateResource[] {
  return resources.filter(({ type }) => types.includes(type));
}
