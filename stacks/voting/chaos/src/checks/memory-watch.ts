import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pause } from "@voting/proof";
import type { RunningStack } from "@voting/testing";

const exec = promisify(execFile);
const EVERY_MS = 2_000;

/** The largest resident set of each part so far, in MB, and the present one. PostgreSQL: of its first process alone. */
export class MemoryWatch {
  readonly largestMb = new Map<string, number>();
  readonly nowMb = new Map<string, number>();
  readonly #stack: RunningStack;

  constructor(stack: RunningStack) {
    this.#stack = stack;
  }

  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.look();
      await pause(EVERY_MS, stop);
    }
  }

  async look(): Promise<void> {
    const parts = this.#stack.states().filter((state) => state.pid !== null);
    // ps fails when none of them runs any more.
    const { stdout } = await exec("ps", ["-o", "pid=,rss=", "-p", parts.map((part) => part.pid).join(",")]).catch(() => ({ stdout: "" }));
    const rows = stdout.split("\n").map((row) => row.trim().split(/\s+/).map(Number));
    for (const { name, pid } of parts) {
      const kilobytes = rows.find(([found]) => found === pid)?.[1];
      if (kilobytes === undefined) continue;
      const megabytes = Math.round(kilobytes / 1024);
      this.nowMb.set(name, megabytes);
      this.largestMb.set(name, Math.max(megabytes, this.largestMb.get(name) ?? 0));
    }
  }
}
