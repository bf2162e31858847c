import { parseArgs } from "node:util";

/** What the bench measures, in this order; the names are those of --only. */
export const SECTIONS = ["storage", "steady", "full", "overload", "viewers", "tallies"] as const;

export type Section = (typeof SECTIONS)[number];

export interface BenchArguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly out: string;
  readonly sections: ReadonlySet<Section>;
  readonly seconds: number;
  readonly rows: number;
  readonly viewers: readonly number[];
  readonly viewerSeconds: number;
}

/** The command called wrongly: every problem, in a line of its own. */
export class UsageError extends Error {}

/** Throws a UsageError. */
export function parseArguments(args: readonly string[]): BenchArguments {
  const values = readValues(args);
  const problems: string[] = [];
  const wholeNumber = (name: string, text: string): number => {
    if (!/^[1-9]\d{0,8}$/.test(text)) problems.push(`${name} must be a whole number above 0, found "${text}"`);
    return Number(text);
  };
  const sections = values.only === undefined ? SECTIONS : values.only.split(",");
  for (const name of sections) {
    if (!SECTIONS.includes(name as Section))
      problems.push(`--only takes ${SECTIONS.join(", ")}, with commas between them; found "${name}"`);
  }
  const parsed = {
    help: values.help,
    json: values.json,
    out: values.out,
    sections: new Set(sections as readonly Section[]),
    seconds: wholeNumber("--seconds", values.seconds),
    rows: wholeNumber("--rows", values.rows),
    viewers: values.viewers.split(",").map((text) => wholeNumber("--viewers", text)),
    viewerSeconds: wholeNumber("--viewer-seconds", values["viewer-seconds"]),
  };
  if (problems.length > 0) throw new UsageError(problems.join("\n"));
  return parsed;
}

function readValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        seconds: { type: "string", default: "15" },
        rows: { type: "string", default: "10000000" },
        viewers: { type: "string", default: "5000,10000" },
        "viewer-seconds": { type: "string", default: "10" },
        out: { type: "string", default: ".groundplan/bench" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
