/** What the legacy builder says about itself before every build. */
const NOISE = [/^DEPRECATED: The legacy builder/, /^\s+Install the buildx component/, /^\s+https:\/\/docs\.docker\.com\/go\/buildx/];

/** The last lines of what a program printed that say something, without colours. */
export function lastLines(text: string, count: number): readonly string[] {
  return text
    .split("\n")
    .map(plain)
    .filter((line) => line.trim() !== "" && !NOISE.some((pattern) => pattern.test(line)))
    .slice(-count);
}

/** A line without the colours and cursor movements that a program printed. */
export function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trimEnd();
}
