import { parseArgs } from "node:util";
import { nearest } from "groundplan/plan";

/** An option of a command: its name without the dashes, and what stands for its value in the help; `null`: a flag. */
export type OptionSpecs = Readonly<Record<string, string | null>>;

export interface Words {
  readonly positionals: readonly string[];
  /** Of the options that were given; "" for a flag. */
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** What was typed, and a sentence for each option that is unknown, lacks its value or was given twice. */
export function parseWords(words: readonly string[], specs: OptionSpecs): Words {
  const options = Object.entries(specs).map(([name, value]) => [name, { type: value === null ? "boolean" : "string" }] as const);
  const { tokens } = parseArgs({ args: [...words], options: Object.fromEntries(options), strict: false, tokens: true });
  const positionals: string[] = [];
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const wanted = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (wanted === undefined || !rawName.startsWith("--")) {
      const meant = nearest(name, Object.keys(specs));
      problems.push(`there is no option ${rawName}${meant === null ? "" : `; did you mean --${meant}?`}`);
    } else if (values.has(name)) problems.push(`--${name} is given twice; give it once`);
    else if (wanted === null && value !== undefined) problems.push(`--${name} takes no value ("${value}" was given)`);
    else if (wanted !== null && (value === undefined || value === "" || value.startsWith("--"))) {
      problems.push(`--${name} needs a value: --${name} ${wanted}`);
    } else values.set(name, value ?? "");
  }
  return { positionals, values, problems };
}
