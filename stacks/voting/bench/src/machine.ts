import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { RunningStack } from "@voting/testing";

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
