import { styleText } from "node:util";

/** Where a command's words go. */
export interface Terminal {
  /** Results, a line's end added. */
  out(text: string): void;
  /** Progress and errors, a line's end added. */
  err(text: string): void;
  /** Whether `err` may carry colours. */
  readonly color: boolean;
  /** A text for `err`, in this style where it may carry colours. */
  style(format: Parameters<typeof styleText>[0], text: string): string;
  /** Columns of the screen that shows `err`, where lines can be written anew; `null`: it is a file or a pipe. */
  width(): number | null;
}

/** Of a screen that does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** The process' own stdout and stderr. Colours only for a person who has not refused them (https://no-color.org). */
export function processTerminal(): Terminal {
  // Who pipes us into `head` has read enough: not a reason for a stack trace.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const color = process.stderr.isTTY === true && (process.env.NO_COLOR ?? "") === "";
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    color,
    // Whether the stream can show it was judged above.
    style: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
    width: () => (process.stderr.isTTY === true && process.env.TERM !== "dumb" ? process.stderr.columns || USUAL_COLUMNS : null),
  };
}
