import { styleText } from "node:util";
import type { LogLine } from "../running-stack.js";

const LINES_KEPT = 2_000;

export interface LogFormat {
  readonly color: boolean;
  /** Length of the longest name that will be shown, so that the texts stand in one column. */
  readonly width: number;
}

type Format = Parameters<typeof styleText>[0];

/** Of the names. Red and yellow are kept for levels. */
const NAME_COLORS: readonly Format[] = ["cyan", "green", "magenta", "blue", "cyanBright", "greenBright", "magentaBright", "blueBright"];

/** A structured log line, taken apart for reading. */
interface ReadableEntry {
  readonly level: string;
  readonly message: string;
  /** What else it says, in its own order. */
  readonly fields: readonly (readonly [key: string, value: string])[];
  /** Lines of the error's stack, without its first. */
  readonly stack: readonly string[];
}

const LEVELS: Readonly<Record<number, string>> = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };

/** Said by the prefix already, or of no use on one machine. */
const LEFT_OUT = new Set(["level", "time", "pid", "hostname", "name", "msg", "v"]);

/** The newest lines of all parts, and those who want to hear of new ones. */
export class LogBook {
  #lines: LogLine[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();

  add(from: string, stream: LogLine["stream"], text: string): void {
    const line: LogLine = { time: Date.now(), from, stream, text };
    this.#lines.push(line);
    // Trimmed in one go now and then: moving 2,000 entries for every line would cost more than keeping as many again.
    if (this.#lines.length > 2 * LINES_KEPT) this.#lines = this.#lines.slice(-LINES_KEPT);
    for (const listener of this.#listeners) listener(line);
  }

  lines(): readonly LogLine[] {
    return this.#lines.slice(-LINES_KEPT);
  }

  /** The newest lines of one part, oldest first. */
  tail(from: string, count: number): readonly LogLine[] {
    return this.#lines.filter((line) => line.from === from).slice(-count);
  }

  listen(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

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

/** `null`: not a JSON line of pino (an object with a level), so it is to be shown as it is. */
function readPinoLine(text: string): ReadableEntry | null {
  if (!text.startsWith("{")) return null;
  const value = parseObject(text);
  if (value === null) return null;
  const level = typeof value.level === "number" ? LEVELS[value.level] : value.level;
  if (typeof level !== "string") return null;
  const fields: [string, string][] = [];
  let stack: readonly string[] = [];
  for (const [key, field] of Object.entries(value)) {
    if (LEFT_OUT.has(key)) continue;
    if (isError(field)) {
      fields.push([key, shown(field.message)]);
      stack = field.stack
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
    } else {
      fields.push([key, shown(field)]);
    }
  }
  return { level, message: typeof value.msg === "string" ? value.msg : "", fields, stack };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function isError(value: unknown): value is { message: string; stack: string } {
  if (typeof value !== "object" || value === null) return false;
  return "message" in value && typeof value.message === "string" && "stack" in value && typeof value.stack === "string";
}

function shown(value: unknown): string {
  if (typeof value === "string" && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value);
}
