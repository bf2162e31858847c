import type { Arguments } from "../arguments/arguments.js";
import { UsageError } from "../arguments/usage-error.js";

/** The seconds of `--timeout`. */
export function timeoutSeconds(given: Arguments): number {
  const text = given.text("timeout") ?? "";
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds > 0) return seconds;
  throw new UsageError(`--timeout is a whole number of seconds, for example --timeout 300, not "${text}".`);
}
