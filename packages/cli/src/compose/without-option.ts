import { nearest } from "@groundplan/model";
import type { Arguments } from "../arguments/arguments.js";
import { UsageError } from "../arguments/usage-error.js";
import type { DockerPart } from "../docker/docker-part.js";

/** All programs of monitoring at once. */
const ALL = "monitoring";

/**
 * The parts that `--without NAME` leaves: programs of monitoring may be left out, the stack's own may not.
 *
 * @throws UsageError when a name is none of these.
 */
export function wantedParts(given: Arguments, parts: readonly DockerPart[]): readonly DockerPart[] {
  const left = given.list("without");
  const known = [ALL, ...parts.filter(({ isMonitoring }) => isMonitoring).map(({ name }) => name)];
  for (const name of left) {
    if (known.length === 1) throw new UsageError(`--without ${name}: the stack has no monitoring, and nothing else can be left out.`);
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    throw new UsageError(
      `--without ${name}: only what belongs to monitoring can be left out (${known.join(", ")}).${meant === null ? "" : ` Did you mean "${meant}"?`}`,
    );
  }
  return parts.filter(({ name, isMonitoring }) => !isMonitoring || !(left.includes(ALL) || left.includes(name)));
}
