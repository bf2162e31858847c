/** Names that a text of lines `NAME=value` sets, in their order. */
export function envNames(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => nameOf(line) ?? []);
}

/** Value of a name in such a text, quotes around it taken away; `null`: it is not set. A later line counts. */
export function envValue(text: string, name: string): string | null {
  const line = text.split("\n").findLast((candidate) => nameOf(candidate) === name);
  return line === undefined
    ? null
    : line
        .slice(line.indexOf("=") + 1)
        .trim()
        .replace(/^(["'])(.*)\1$/, "$2");
}

/**
 * Keeps every line of `present`, and adds those lines of `wanted` whose name it lacks, each with the comment above it.
 *
 * @example mergeEnv("A=mine\n", "# first\nA=1\n# second\nB=2\n")   // "A=mine\n# second\nB=2\n"
 */
export function mergeEnv(present: string, wanted: string): string {
  const known = new Set(envNames(present));
  const added: string[] = [];
  let comment: string[] = [];
  for (const line of wanted.trimEnd().split("\n")) {
    const name = nameOf(line);
    if (name === null) {
      comment = line.trim() === "" ? [] : [...comment, line];
      continue;
    }
    if (!known.has(name)) added.push(...comment, line);
    comment = [];
  }
  if (added.length === 0) return present;
  const start = present === "" || present.endsWith("\n") ? present : `${present}\n`;
  return `${start}${added.join("\n")}\n`;
}

function nameOf(line: string): string | null {
  return /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1] ?? null;
}
