import { nearest, type PlannedComponent } from "@groundplan/model";
import { portSetting } from "@groundplan/targets";
import { UsageError } from "../arguments/usage-error.js";

/**
 * Ports of `--port NAME=PORT` as the variables that the Compose file takes them from.
 *
 * @throws UsageError when one of them is of no public service.
 */
export function portVariables(
  ports: Readonly<Record<string, number>>,
  components: readonly PlannedComponent[],
): Readonly<Record<string, string>> {
  const known = components.filter((component) => component.public && component.port !== null).map(({ name }) => name);
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
