import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { RunningStack } from "@voting/testing";

/** Files that a process needs besides its viewers' connections. */
const SPARE_FILES = 500;

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
}

export const machineFacts = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
});

/** The most memory that each service was resident with since it started, in MB; `null` where the system does not tell (only Linux does). */
export function peakMemoryMb(stack: RunningStack): Readonly<Record<string, number>> | null {
  if (process.platform !== "linux") return null;
  const services = stack.states().filter((part) => part.kind === "service" && part.pid !== null);
  return Object.fromEntries(
    services.map(({ name, pid }) => {
      const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return [name, Math.round(Number(kilobytes) / 1_000)];
    }),
  );
}

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
