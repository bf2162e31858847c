import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";

const PERIOD_US = 100_000;

/** Version 2 of control groups has one tree, version 1 one for each controller. */
const TREES = [
  { root: "/sys/fs/cgroup", file: "cpu.max", limit: (us: number) => `${us} ${PERIOD_US}`, own: /^0::(.*)$/m },
  { root: "/sys/fs/cgroup/cpu", file: "cpu.cfs_quota_us", limit: (us: number) => String(us), own: /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m },
];

/** This user, or this machine, cannot hold a process to a share of a core. */
export class NoQuota extends Error {}

/** Holds a process to a share of a core, by a control group of the kernel's. */
export class CpuQuota {
  readonly #folder: string;
  readonly #pid: number;
  /** The group that it was in before. */
  readonly #before: string;

  private constructor(folder: string, pid: number, before: string) {
    this.#folder = folder;
    this.#pid = pid;
    this.#before = before;
  }

  /** @throws NoQuota with a sentence. */
  static hold(pid: number, cores: number): CpuQuota {
    const problems: string[] = [];
    for (const { root, file, limit, own } of TREES) {
      const folder = `${root}/groundplan-bench-${pid}`;
      try {
        mkdirSync(folder);
        try {
          if (!existsSync(`${folder}/${file}`)) throw new Error(`${root} has no ${file}`);
          const before = own.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1] ?? "/";
          writeFileSync(`${folder}/${file}`, limit(Math.round(cores * PERIOD_US)));
          writeFileSync(`${folder}/cgroup.procs`, String(pid));
          return new CpuQuota(folder, pid, `${root}${before}/cgroup.procs`);
        } catch (error) {
          rmdirSync(folder);
          throw error;
        }
      } catch (error) {
        problems.push((error as Error).message);
      }
    }
    throw new NoQuota(`a process cannot be held to a share of a core here, which takes root and control groups: ${problems.join("; ")}`);
  }

  /** Lets the process go where it was. */
  release(): void {
    if (existsSync(`/proc/${this.#pid}`)) writeFileSync(this.#before, String(this.#pid));
    rmdirSync(this.#folder);
  }
}
