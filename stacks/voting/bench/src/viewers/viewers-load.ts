import type { Percentiles } from "@voting/stress";
import type { CpuShares } from "./cpu-meter.js";
import type { Probes } from "./prober.js";

/** What the viewers of one server saw. */
export interface ViewersRun {
  readonly pushesPerSecond: number;
  /** From the publishing of a push to a viewer having the whole of it. */
  readonly pushMs: Percentiles;
  readonly cpu: CpuShares;
}

/** Many viewers while votes arrive; the bare server pushes to as many, with the same votes and everything else going on. */
export interface ViewersLoad {
  readonly viewers: number;
  readonly votesPerSecond: number;
  /** The bare server without votes: nothing else runs. */
  readonly bareAlone: ViewersRun;
  /** Just before and just after the service. The result service has no viewers then. */
  readonly bare: readonly [ViewersRun, ViewersRun];
  readonly service: ViewersRun & {
    /** From the time at which a vote was due to a viewer having a push that includes it. */
    readonly seenMs: Percentiles;
    /** From the time at which a vote was due to its acceptance. */
    readonly acceptMs: Percentiles;
    readonly probes: Probes;
    /** Viewers whose stream ended. */
    readonly lost: number;
  };
}

/** CPU time in µs that a process of the run used for each event that it handed to a viewer; `null`: the system does not tell. */
export function cpuPerEventUs({ cpu, pushesPerSecond }: ViewersRun, process: string, viewers: number): number | null {
  return cpu === null ? null : (1_000_000 * (cpu[process] ?? Number.NaN)) / (pushesPerSecond * viewers);
}

/** What the service took, of what the bare server took with the same votes: the mean of before and after, since the machine's speed drifts. */
export function ratiosToBare({ viewers, bare, service }: ViewersLoad): { readonly p99: number; readonly cpu: number | null } {
  const ratio = (ofService: number, ofBare: readonly number[]): number =>
    ofService / (ofBare.reduce((sum, value) => sum + value) / ofBare.length);
  const cpu = cpuPerEventUs(service, "result", viewers);
  return {
    p99: ratio(
      service.pushMs.p99,
      bare.map(({ pushMs }) => pushMs.p99),
    ),
    cpu:
      cpu === null
        ? null
        : ratio(
            cpu,
            bare.map((run) => cpuPerEventUs(run, "bare server", viewers) ?? Number.NaN),
          ),
  };
}
