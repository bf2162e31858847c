import { execFileSync } from "node:child_process";

/** Files that a process needs besides its viewers' connections. */
const SPARE_FILES = 500;

/** How many of the wanted viewers fit into the limit of open files that the bench's processes have, and what to do about the others. */
export function viewerCounts(
  wanted: readonly number[],
  openFiles: number,
): { readonly counts: readonly number[]; readonly advice: string | null } {
  const counts = wanted.filter((viewers) => viewers + SPARE_FILES <= openFiles);
  const tooMany = wanted.filter((viewers) => !counts.includes(viewers));
  if (tooMany.length === 0) return { counts, advice: null };
  const needed = Math.max(...tooMany) + SPARE_FILES;
  return {
    counts,
    advice: `${tooMany.map((viewers) => viewers.toLocaleString("en")).join(" and ")} viewers are left out: a process may open ${openFiles} files here. Raise the limit and run again: ulimit -n ${needed}`,
  };
}

/** The limit that a process of ours starts with: Node raises the soft limit to the hard one. */
export function openFilesLimit(): number {
  const limit = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
}
