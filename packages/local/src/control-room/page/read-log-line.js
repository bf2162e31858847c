/** @typedef {{ level: "debug" | "info" | "warn" | "error", message: string, details: string }} ReadLine */

/** What every pino line has and no reader misses. */
const LEFT_OUT = new Set(["level", "time", "pid", "hostname", "name", "msg", "v"]);

/** A terminal's colours, which mean nothing here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is one that is looked for
const COLORS = /\u001b\[[0-9;]*m/g;

/**
 * A printed line as a person reads it. A line of JSON as pino writes it becomes its message and the rest as `name=value`;
 * any other line stays as it is.
 *
 * @param {string} text
 * @returns {ReadLine}
 */
export function readLogLine(text) {
  const entry = parsed(text);
  if (entry === null) return { level: "info", message: text.replace(COLORS, ""), details: "" };
  const details = Object.entries(entry)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => `${name}=${valueText(value)}`);
  return { level: levelOf(entry.level), message: typeof entry.msg === "string" ? entry.msg : "", details: details.join(" ") };
}

function parsed(text) {
  if (!text.startsWith("{")) return null;
  try {
    const value = JSON.parse(text);
    return typeof value.level === "number" ? value : null;
  } catch {
    // It only looked like JSON: shown as it is.
    return null;
  }
}

/** pino's numbers: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function levelOf(level) {
  if (level >= 50) return "error";
  if (level >= 40) return "warn";
  return level >= 30 ? "info" : "debug";
}

function valueText(value) {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && typeof value.message === "string") return value.stack ?? value.message;
  return JSON.stringify(value);
}
