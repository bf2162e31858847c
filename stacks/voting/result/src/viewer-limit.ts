import { connectionLimit } from "@voting/ballots";

const DEFAULT_LIMIT = 16_000;

export interface ViewerLimit {
  readonly viewers: number;
  /** A sentence for the operator when it is lower than it was meant to be. */
  readonly warning: string | null;
}

/**
 * How many event streams may be open at once: MAX_VIEWERS (default 16,000), or fewer when the process may not open as many files.
 * Throws a sentence for the operator when MAX_VIEWERS is no whole number above 0.
 */
export function viewerLimit(env: Readonly<Record<string, string | undefined>>, openFiles: number | null): ViewerLimit {
  const { limit, warning } = connectionLimit({ name: "MAX_VIEWERS", noun: "viewers", standard: DEFAULT_LIMIT }, env, openFiles);
  return { viewers: limit, warning };
}
