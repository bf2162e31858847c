import { parseDuration, parseOptions, UsageError, wholeNumber } from "@voting/proof";
import type { FaultRecord } from "./checks/watches.js";
import { FAULT_KINDS, type FaultKind, type PlannedFault } from "./faults/fault.js";

export interface ChaosOptions {
  readonly seed: number;
  /** Wanted; those that this machine cannot do are left out and named in the report. */
  readonly kinds: readonly FaultKind[];
  readonly forMs: number;
  /** So many faults come at least, however long it takes. Default: 0 */
  readonly leastFaults?: number;
  readonly votesPerSecond: number;
  /** Ends the faults early; healing and checking follow all the same. */
  readonly stop: AbortSignal;
  readonly tell: ChaosNews;
}

/** What is told as it goes. */
export interface ChaosNews {
  fault(record: FaultRecord): void;
  missed(fault: PlannedFault, reason: string): void;
  /** Some times a second. */
  progress(progress: ChaosProgress): void;
  phase(sentence: string): void;
}

export interface ChaosProgress {
  readonly faults: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly refused: number;
  /** Acknowledged ballots that are not counted yet, as far as both are known. */
  readonly lag: number;
}

export interface ChaosArguments {
  readonly forMs: number;
  readonly kinds: readonly FaultKind[];
  readonly seed: number;
  readonly votesPerSecond: number;
  readonly json: boolean;
  /** Where the report goes as JSON too; `null`: nowhere. */
  readonly reportFile: string | null;
}

const MAX_SEED = 2 ** 32 - 1;

const DEFAULT_FOR = "60s";

const DEFAULT_RATE = "200";

const MAX_RATE = 5_000;

export const USAGE = `npm run chaos -- [--for 60s] [--faults LIST] [--seed N] [--rate R] [--json] [--report FILE]

Starts a voting stack of its own, puts a load on it, and breaks it on purpose while it counts. Then everything is put right, and
every vote is checked: acknowledged ones counted exactly once, others once at most, the right vote standing for each voter.
Ctrl-C ends the faults early; the check follows all the same. Exits 0 only when nothing at all is wrong.

  --for TIME     how long faults are injected: 500ms, 60s, 10m     (default ${DEFAULT_FOR})
  --faults LIST  kinds, separated by commas                        (default: all that this machine can do)
                   worker, vote, redis, postgres, result   kill -9
                   restart        SIGTERM of a part, which is started again
                   disconnect     Redis or PostgreSQL closes every connection
                   pause          SIGSTOP of a part, of PostgreSQL or of one of its backends, then SIGCONT
                   partition      a link is cut, refused, silent in one or both directions, or slow
                   second-worker  one or two more workers, which then die
                   clock          the clock of vote or worker steps by up to three hours (needs libfaketime)
                   full-redis     Redis has no memory left for votes
                   blocked-lock   a session holds a lock on the table of votes
                   restore-redis, restore-database
                                  a copy of its data, taken under load, is put in its place later
  --seed N       the same seed breaks the same things in the same order (default: drawn, and printed)
  --rate R       votes a second, as far as the stack takes them    (default ${DEFAULT_RATE})
  --json         one JSON object on standard output
  --report FILE  the same object into a file: every fault with its time

Examples:
  npm run chaos
  npm run chaos -- --for 10m --seed 42 --report chaos.json
  npm run chaos -- --for 2m --faults redis,partition --rate 500
`;

/** @throws UsageError with every problem. */
export function parseArguments(words: readonly string[], drawSeed: () => number): ChaosArguments {
  const specs = { for: "TIME", faults: "LIST", seed: "N", rate: "R", report: "FILE", json: null };
  const { values, problems } = parseOptions(words, specs);
  const seed = values.get("seed");
  const parsed = {
    forMs: forMsOf(values.get("for") ?? DEFAULT_FOR, problems),
    kinds: kindsOf(values.get("faults"), problems),
    seed: seed === undefined ? drawSeed() : wholeNumber("--seed", seed, { min: 0, max: MAX_SEED }, problems),
    votesPerSecond: wholeNumber("--rate", values.get("rate") ?? DEFAULT_RATE, { min: 1, max: MAX_RATE }, problems),
    json: values.has("json"),
    reportFile: values.get("report") ?? null,
  };
  if (problems.length > 0) throw new UsageError(problems);
  return parsed;
}

function forMsOf(text: string, problems: string[]): number {
  const ms = parseDuration(text) ?? 0;
  if (ms < 1) problems.push(`--for must be a time such as 500ms, 60s or 10m, found "${text}"`);
  return Math.round(ms);
}

function kindsOf(list: string | undefined, problems: string[]): readonly FaultKind[] {
  if (list === undefined) return FAULT_KINDS;
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !(FAULT_KINDS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    const quoted = unknown.map((name) => `"${name}"`).join(", ");
    problems.push(`--faults: there is no ${quoted}; use some of ${FAULT_KINDS.join(", ")}, separated by commas`);
  }
  return FAULT_KINDS.filter((kind) => names.includes(kind));
}
