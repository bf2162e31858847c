import { styleText } from "node:util";
import type { LogLine } from "../running-stack.js";
import { type ReadableEntry, readPinoLine } from "./pino-line.js";

export interface LogFormat {
  readonly color: boolean;
  /** Length of the longest name that will be shown, so that the texts stand in one column. */
  readonly width: number;
}

type Format = Parameters<typeof styleText>[0];

/** Of the names. Red and yellow are kept for levels. */
const NAME_COLORS: readonly Format[] = ["cyan", "green", "magenta", "blue", "cyanBright", "greenBright", "magentaBright", "blueBright"];

/**
 * A line of the log as a terminal shows it: the part's name in its colour, then the text. JSON lines of pino are shown as
 * level, message and `key=value`; an error's stack follows on lines of its own. Control characters, which could
 * move the cursor or retitle the window, come out as visible text; colours that a program printed stay if `color` is set.
 *
 * @example formatLogLine({ from: "db", text: "ready", ... }, { color: false, width: 6 })   // "db     | ready"
 */
export function formatLogLine(line: LogLine, format: LogFormat): string {
  const entry = readPinoLine(line.text);
  const texts = entry === null ? [tamed(line.text, format.color)] : formatEntry(entry, format.color);
  const name = `${line.from.padEnd(format.width)} |`;
  const prefix = format.color ? styled(colorOf(line.from), name) : name;
  return texts.map((text) => `${prefix} ${text}`).join("\n");
}

function formatEntry(entry: ReadableEntry, color: boolean): string[] {
  const level = entry.level.toUpperCase().padEnd(5);
  const fields = entry.fields.map(([key, value]) => `${key}=${value}`).join(" ");
  const shownLevel = color ? styled(levelColor(entry.level), level) : level;
  const shownFields = color && fields !== "" ? styled("dim", tamed(fields, false)) : tamed(fields, false);
  const first = [shownLevel, tamed(entry.message, false), shownFields].filter((text) => text !== "").join(" ");
  return [first, ...entry.stack.map((text) => `      ${tamed(text, false)}`)];
}

/** Whoever asks for colours knows that the screen shows them. */
function styled(format: Format, text: string): string {
  return styleText(format, text, { validateStream: false });
}

function levelColor(level: string): Format {
  if (level === "error" || level === "fatal") return "red";
  return level === "warn" ? "yellow" : "dim";
}

/** The same name has the same colour in every run. The factor was chosen to tell the parts of the voting stack apart. */
function colorOf(name: string): Format {
  let sum = 0;
  for (const character of name) sum = (sum * 21 + (character.codePointAt(0) ?? 0)) % 9973;
  return NAME_COLORS[sum % NAME_COLORS.length] ?? "cyan";
}

function tamed(text: string, keepColors: boolean): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return text.replace(/\u001b\[[0-9;]*m|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, (found) => {
    if (found.length > 1) return keepColors ? found : "";
    return `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
