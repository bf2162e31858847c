import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pause } from "@groundplan/local";
import type { VotingRun } from "@voting/testing";
import { workersBackend } from "./backends.js";
import type { PlannedFault } from "./fault.js";

const exec = promisify(execFile);

/** Stops a part's processes in the middle of whatever they do, and lets them go on. */
export async function pausePart(run: VotingRun, { target, how, forMs }: PlannedFault, heal: AbortSignal): Promise<void> {
  const main = run.stack.states().find((state) => state.name === target)?.pid ?? null;
  if (main === null) throw new Error(`${target} does not run now`);
  const pids = how === "the worker's backend" ? [await workersBackend(run.pool)] : [main];
  signalAll(pids, "SIGSTOP");
  try {
    // The children are looked up behind the parent's stop: it makes no more of them.
    if (how === "all processes") pids.push(...(await childrenOf(main)));
    signalAll(pids, "SIGSTOP");
    await pause(forMs, heal);
  } finally {
    signalAll(pids, "SIGCONT");
  }
}

/** One that has ended meanwhile is fine. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const { stdout } = await exec("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  return rows.filter(([, ppid]) => ppid === parent).map(([pid]) => pid as number);
}
