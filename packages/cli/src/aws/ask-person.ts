import { createInterface } from "node:readline/promises";
import type { Progress } from "../output/progress.js";

/**
 * Asks on stderr, and reads a line of stdin; `null`: there is nobody to answer.
 *
 * @throws (rejects) the signal's reason when it is aborted meanwhile.
 */
export async function askPerson(question: string, progress: Progress, signal: AbortSignal): Promise<string | null> {
  progress.close();
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  try {
    const closed = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
    const answer = await Promise.race([lines.question(`${question} `, { signal }), closed]);
    return answer === null ? null : answer.trim();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    lines.close();
  }
}
