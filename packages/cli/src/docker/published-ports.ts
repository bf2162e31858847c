import { nearest } from "@groundplan/model";
import { portSetting } from "@groundplan/targets";
import { UsageError } from "../arguments/usage-error.js";
import type { DockerPart } from "./docker-part.js";

/**
 * Ports of `--port NAME=PORT` as the variables that the Compose file takes them from.
 *
 * @throws UsageError when one of them is of no public service.
 */
export function portVariables(
  ports: Readonly<Record<string, number>>,
  parts: readonly Pick<DockerPart, "name" | "port" | "public">[],
): Readonly<Record<string, string>> {
  const known = parts.filter((part) => part.public && part.port !== null).map(({ name }) => name);
  const entries = Object.entries(ports).map(([name, port]) => {
    if (known.includes(name)) return [portSetting(name), String(port)];
    const meant = nearest(name, known);
    const guess = meant === null ? "" : ` Did you mean "${meant}"?`;
    throw new UsageError(
      `--port ${name}=${port}: "${name}" is no public service, and only those publish a port (${known.join(", ")}).${guess}`,
    );
  });
  return Object.fromEntries(entries);
}
