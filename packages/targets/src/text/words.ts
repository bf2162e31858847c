import { shellWord } from "@groundplan/model";

/** "a", "a and b", "a, b and c". */
export function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Program and arguments as one types them. */
export function commandLine(command: readonly string[]): string {
  return command.map(shellWord).join(" ");
}

/** Commands in Markdown. */
export function shell(...lines: readonly string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
