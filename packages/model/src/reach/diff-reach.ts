import type { Plan } from "../plan.js";
import { type Cause, type ExplainedReach, explainedReachability } from "./causes.js";
import { reachKey } from "./reach.js";

/** What changes for connections between two versions of a stack. */
export interface ReachDiff {
  /** Let through after, not before; why: as it is after. */
  readonly opens: readonly ExplainedReach[];
  /** Let through before, not after; why: as it was before. */
  readonly closes: readonly ExplainedReach[];
  /** Let through before and after, each time for another reason. */
  readonly stays: readonly ChangedReach[];
}

/** As it is after. */
export interface ChangedReach extends ExplainedReach {
  readonly causesBefore: readonly Cause[];
}

export function diffReach(before: Plan, after: Plan): ReachDiff {
  const [old, now] = [before, after].map((plan) => new Map(explainedReachability(plan).map((reach) => [reachKey(reach), reach])));
  if (old === undefined || now === undefined) throw new Error("two plans give two maps");
  return {
    opens: [...now].filter(([key]) => !old.has(key)).map(([, reach]) => reach),
    closes: [...old].filter(([key]) => !now.has(key)).map(([, reach]) => reach),
    stays: [...now].flatMap(([key, reach]) => {
      const causesBefore = old.get(key)?.causes ?? reach.causes;
      return textOf(causesBefore) === textOf(reach.causes) ? [] : [{ ...reach, causesBefore }];
    }),
  };
}

function textOf(causes: readonly Cause[]): string {
  return causes
    .map(({ text }) => text)
    .sort()
    .join("\n");
}
