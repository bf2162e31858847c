import { parseOptions, UsageError, wholeNumber } from "@voting/proof";

/** What the bench measures, in this order; the names are those of --only. */
export const SECTIONS = ["storage", "steady", "full", "overload", "viewers", "tallies"] as const;

export type Section = (typeof SECTIONS)[number];

export interface BenchArguments {
  readonly json: boolean;
  readonly out: string;
  readonly sections: ReadonlySet<Section>;
  readonly seconds: number;
  readonly rows: number;
  readonly viewers: readonly number[];
  readonly viewerSeconds: number;
}

/** @throws UsageError with every problem. */
export function parseArguments(words: readonly string[]): BenchArguments {
  const specs = { only: "SECTION,...", seconds: "N", rows: "N", viewers: "N,...", "viewer-seconds": "N", out: "DIR", json: null };
  const { values, problems } = parseOptions(words, specs);
  const count = (name: string, text: string): number => wholeNumber(name, text, { min: 1 }, problems);
  const sections = values.get("only")?.split(",") ?? SECTIONS;
  for (const name of sections) {
    if (!SECTIONS.includes(name as Section))
      problems.push(`--only takes ${SECTIONS.join(", ")}, with commas between them; found "${name}"`);
  }
  const parsed = {
    json: values.has("json"),
    out: values.get("out") ?? ".groundplan/bench",
    sections: new Set(sections as readonly Section[]),
    seconds: count("--seconds", values.get("seconds") ?? "15"),
    rows: count("--rows", values.get("rows") ?? "10000000"),
    viewers: (values.get("viewers") ?? "5000,10000").split(",").map((text) => count("--viewers", text)),
    viewerSeconds: count("--viewer-seconds", values.get("viewer-seconds") ?? "10"),
  };
  if (problems.length > 0) throw new UsageError(problems);
  return parsed;
}
