import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Percentiles } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import { BareServer } from "../bare-server.js";
import { wrk } from "../wrk.js";
import { Rush } from "./rush.js";

/** What the vote service has of a core, so that two cores can offer it many times what it can take. */
export const QUOTA_CORES = 0.3;

export const TIMES_CAPACITY = 5;

const CONNECTIONS = 10_000;

const CAPACITY_SECONDS = 5;

const SETTLE_MS = 3_000;

/** The vote service with little of a core, and far more votes than it can take. */
export interface Overload {
  readonly connections: number;
  /** Votes/s: the best rate of a few clients that wait for their answers. */
  readonly capacityPerSecond: number;
  /** Answers/s of a bare node:http server with as little of a core: nothing in Node accepts and refuses more than that together. */
  readonly barePerSecond: number;
  readonly offeredPerSecond: number;
  /** Due, and not sent because every connection waited, in % of what was due. */
  readonly unsentPercent: number;
  readonly acceptedPerSecond: number;
  /** Of the seconds but the first. */
  readonly worstSecond: number;
  readonly acceptedMs: Percentiles;
  readonly refused: number;
  readonly refusedMs: Percentiles;
  readonly refusedWithoutRetryAfter: number;
  /** Another status than 200 and 503, or no answer. */
  readonly failed: number;
  /** How much later than due votes were sent: what the clients are behind. */
  readonly lateMs: Percentiles;
}

const PERIOD_US = 100_000;

/** Version 2 of control groups has one tree, version 1 one for each controller. */
const TREES = [
  { root: "/sys/fs/cgroup", file: "cpu.max", limit: (us: number) => `${us} ${PERIOD_US}`, own: /^0::(.*)$/m },
  { root: "/sys/fs/cgroup/cpu", file: "cpu.cfs_quota_us", limit: (us: number) => String(us), own: /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m },
];

/** `null`, and said so, where a process cannot be held to a share of a core. */
export async function measureOverload(run: VotingRun, seconds: number, say: (text: string) => unknown): Promise<Overload | null> {
  const pid = run.stack.states().find(({ name }) => name === "vote")?.pid;
  if (!pid) throw new Error("vote does not run");
  await wrk(run.voteUrl, "form", 3);
  const quota = holdOrSay(pid, say);
  if (quota === null) return null;
  const rush = new Rush(2);
  try {
    const rates = [];
    for (const connections of [20, 50, 200]) rates.push((await wrk(run.voteUrl, "form", CAPACITY_SECONDS, connections)).perSecond);
    const capacity = Math.max(...rates);
    const barePerSecond = await measureBare(run);
    await rush.open(run.voteUrl, CONNECTIONS);
    await sleep(SETTLE_MS);
    const perSecond = TIMES_CAPACITY * capacity;
    const { sent, unsent, acceptedInSecond, accepted, refused, late, ...others } = await rush.send(perSecond, seconds);
    return {
      connections: CONNECTIONS,
      capacityPerSecond: Math.round(capacity),
      barePerSecond: Math.round(barePerSecond),
      offeredPerSecond: Math.round((sent + unsent) / seconds),
      unsentPercent: (100 * unsent) / (sent + unsent),
      acceptedPerSecond: Math.round(acceptedInSecond.reduce((sum, count) => sum + count, 0) / seconds),
      worstSecond: Math.min(...acceptedInSecond.slice(1)),
      acceptedMs: accepted.percentiles,
      refused: refused.size,
      refusedMs: refused.percentiles,
      refusedWithoutRetryAfter: others.refusedWithoutRetryAfter,
      failed: others.failed,
      lateMs: late.percentiles,
    };
  } finally {
    await rush.stop();
    quota.release();
  }
}

async function measureBare(run: VotingRun): Promise<number> {
  const bare = await BareServer.start(run);
  try {
    await bare.measure("form", 2);
    const quota = CpuQuota.hold(bare.pid, QUOTA_CORES);
    try {
      return await bare.measure("form", CAPACITY_SECONDS);
    } finally {
      quota.release();
    }
  } finally {
    await bare.stop();
  }
}

function holdOrSay(pid: number, say: (text: string) => unknown): CpuQuota | null {
  try {
    return CpuQuota.hold(pid, QUOTA_CORES);
  } catch (error) {
    if (!(error instanceof NoQuota)) throw error;
    say(`overload is left out: ${error.message}`);
    return null;
  }
}

/** As a person reads it. */
export function renderOverload(load: Overload): readonly string[] {
  const times = ({ p50, p99, max }: Percentiles): string => `p50 ${p50} p99 ${p99} max ${max} ms`;
  const count = (value: number): string => value.toLocaleString("en");
  return [
    `overload: vote has ${QUOTA_CORES} of a core, ${count(load.connections)} connections`,
    `  capacity ${count(load.capacityPerSecond)}/s (a bare server answers ${count(load.barePerSecond)}/s), offered ${count(load.offeredPerSecond)}/s, ${load.unsentPercent.toFixed(1)} % not sent for want of a free connection, sent late ${times(load.lateMs)}`,
    `  accepted ${count(load.acceptedPerSecond)}/s (worst second ${count(load.worstSecond)}), ${times(load.acceptedMs)}`,
    `  refused ${count(load.refused)}, ${times(load.refusedMs)}, ${load.refusedWithoutRetryAfter} without Retry-After; ${load.failed} failed`,
  ];
}

/** This user, or this machine, cannot hold a process to a share of a core. */
class NoQuota extends Error {}

/** Holds a process to a share of a core, by a control group of the kernel's. */
class CpuQuota {
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
