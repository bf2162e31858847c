import { parseArgs } from "node:util";
import { FAULT_KINDS, type FaultKind } from "./faults/fault.js";

export interface ChaosArguments {
  readonly forMs: number;
  readonly kinds: readonly FaultKind[];
  readonly seed: number;
  readonly votesPerSecond: number;
  readonly json: boolean;
  /** Where the report goes as JSON too; `null`: nowhere. */
  readonly reportFile: string | null;
}

/** Wrong usage: what is wrong, all of it, a sentence a line. */
export class UsageError extends Error {}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
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
  --seed N       the same seed breaks the same things in the same order (default: drawn, and printed)
  --rate R       votes a second, as far as the stack takes them    (default ${DEFAULT_RATE})
  --json         one JSON object on standard output
  --report FILE  the same object into a file: every fault with its time

Examples:
  npm run chaos
  npm run chaos -- --for 10m --seed 42 --report chaos.json
  npm run chaos -- --for 2m --faults redis,partition --rate 500
`;

/**
 * What the command line asks for; "help" when that is wanted.
 *
 * @throws UsageError with every problem.
 */
export function parseArguments(args: readonly string[], drawSeed: () => number): ChaosArguments | "help" {
  const values = read(args);
  if (values.help) return "help";
  const problems: string[] = [];
  const or = <T>(fallback: T, parse: () => T): T => {
    try {
      return parse();
    } catch (error) {
      problems.push((error as Error).message);
      return fallback;
    }
  };
  const parsed = {
    forMs: or(0, () => parseDuration(values.for ?? DEFAULT_FOR)),
    kinds: or([], () => parseKinds(values.faults)),
    seed: or(0, () => (values.seed === undefined ? drawSeed() : parseWhole("--seed", values.seed, 0, MAX_SEED))),
    votesPerSecond: or(0, () => parseWhole("--rate", values.rate ?? DEFAULT_RATE, 1, MAX_RATE)),
    json: values.json,
    reportFile: values.report ?? null,
  };
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return parsed;
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        for: { type: "string" },
        faults: { type: "string" },
        seed: { type: "string" },
        rate: { type: "string" },
        report: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS_MS[unit ?? ""] ?? Number.NaN);
  if (!(ms >= 1)) throw new Error(`--for must be a time such as 500ms, 60s or 10m, found "${text}"`);
  return Math.round(ms);
}

function parseKinds(list: string | undefined): readonly FaultKind[] {
  if (list === undefined) return FAULT_KINDS;
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !(FAULT_KINDS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    const quoted = unknown.map((name) => `"${name}"`).join(", ");
    throw new Error(`--faults: there is no ${quoted}; use some of ${FAULT_KINDS.join(", ")}, separated by commas`);
  }
  return FAULT_KINDS.filter((kind) => names.includes(kind));
}

function parseWhole(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`${option} must be a whole number from ${min} to ${max.toLocaleString("en")}, found "${text}"`);
  }
  return value;
}
