import type { LogLine } from "../running-stack.js";

/** The lines that hold the text, in any case, in what was printed or in the part's name; of one part only if it is given. */
export function filterLogs(lines: readonly LogLine[], wanted: { text?: string | null; from?: string | null }): readonly LogLine[] {
  const text = wanted.text?.toLowerCase() ?? "";
  return lines.filter(
    (line) => (wanted.from ? line.from === wanted.from : true) && `${line.from} ${line.text}`.toLowerCase().includes(text),
  );
}
