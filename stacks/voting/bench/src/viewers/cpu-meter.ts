import { readdirSync, readFileSync } from "node:fs";

/** Shares of one core since the meter was started, by name; `others` is what the rest of the machine used. `null`: the system does not tell. */
export type CpuShares = Readonly<Record<string, number>> | null;

/** Linux counts CPU time in hundredths of a second, whatever the kernel's own clock (proc(5), sysconf(_SC_CLK_TCK)). */
const TICK_MS = 10;

interface ProcessTime {
  readonly parent: number;
  readonly usedMs: number;
}

/** Begins to measure; the returned function gives the shares. A process of `trees` is counted with all that it started. */
export function startCpuMeter(single: Readonly<Record<string, number>>, trees: Readonly<Record<string, number>>): () => CpuShares {
  if (process.platform !== "linux") return () => null;
  const read = (): Readonly<Record<string, number>> => {
    const times = readProcessTimes();
    const one = (pid: number): number => times.get(pid)?.usedMs ?? 0;
    const tree = (pid: number): number =>
      [...times].reduce((sum, [child, { parent }]) => (parent === pid ? sum + tree(child) : sum), one(pid));
    return { ...mapValues(single, one), ...mapValues(trees, tree) };
  };
  const [before, machineBeforeMs, startedMs] = [read(), readMachineMs(), performance.now()];
  return () => {
    const elapsedMs = performance.now() - startedMs;
    const shares = mapValues(read(), (usedMs, name) => (usedMs - (before[name] ?? 0)) / elapsedMs);
    const ours = Object.values(shares).reduce((sum, share) => sum + share, 0);
    return { ...shares, others: Math.max(0, (readMachineMs() - machineBeforeMs) / elapsedMs - ours) };
  };
}

function readProcessTimes(): ReadonlyMap<number, ProcessTime> {
  const times = new Map<number, ProcessTime>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const time = parseProcessStat(readFileSync(`/proc/${name}/stat`, "utf8"));
      times.set(Number(name), time);
    } catch {
      // It ended meanwhile.
    }
  }
  return times;
}

/** proc(5): behind the name in brackets, which may hold anything, the parent is the 2nd field, user and system time are the 12th and 13th. */
export function parseProcessStat(text: string): ProcessTime {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), usedMs: TICK_MS * (Number(fields[11]) + Number(fields[12])) };
}

/** The time that all cores were busy: everything of the first line but idle and waiting for input or output. */
function readMachineMs(): number {
  const [user, nice, system, , , irq, softIrq] =
    readFileSync("/proc/stat", "utf8").split("\n", 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  return TICK_MS * ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softIrq ?? 0));
}

const mapValues = (record: Readonly<Record<string, number>>, map: (value: number, name: string) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
