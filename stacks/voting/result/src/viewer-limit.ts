import { readFileSync } from "node:fs";

const DEFAULT_LIMIT = 16_000;
/** Files that the service needs besides its viewers' connections: the database, other requests, its own. */
const SPARE_FILES = 200;

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
  const wanted = env.MAX_VIEWERS === undefined || env.MAX_VIEWERS === "" ? DEFAULT_LIMIT : Number(env.MAX_VIEWERS);
  if (!Number.isSafeInteger(wanted) || wanted < 1) {
    throw new Error(`MAX_VIEWERS must be a whole number above 0, found "${env.MAX_VIEWERS}"`);
  }
  if (openFiles === null || wanted + SPARE_FILES <= openFiles) return { viewers: wanted, warning: null };
  const viewers = Math.max(1, openFiles - SPARE_FILES);
  const warning = `only ${viewers} viewers at once, not ${wanted}: the process may open ${openFiles} files; raise its limit (ulimit -n) to ${wanted + SPARE_FILES}`;
  return { viewers, warning };
}

/** How many files this process may have open (proc(5)); `null` where the system does not tell or sets no limit. */
export function openFilesLimit(): number | null {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null; // Only Linux has it.
  }
}
