import { plain } from "@groundplan/programs";

/**
 * The step that a line of `docker build` begins, in the words of the Dockerfile; `null`: it begins none.
 *
 * @example
 * parseBuildStep("Step 3/5 : COPY a.txt /a.txt")   // "step 3/5: COPY a.txt /a.txt", as the legacy builder prints
 * parseBuildStep("#7 [3/5] COPY a.txt /a.txt")     // the same, as BuildKit prints
 */
export function parseBuildStep(line: string): string | null {
  const match = /^Step (\d+\/\d+) : (.+)$/.exec(plain(line)) ?? /^#\d+ \[(?:[\w.-]+ )?(\d+\/\d+)\] (.+)$/.exec(plain(line));
  return match === null ? null : `step ${match[1]}: ${match[2]}`;
}
