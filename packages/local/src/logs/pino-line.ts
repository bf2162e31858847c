/** A structured log line, taken apart for reading. */
export interface ReadableEntry {
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

/** `null`: not a JSON line of pino (an object with a level), so it is to be shown as it is. */
export function readPinoLine(text: string): ReadableEntry | null {
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
