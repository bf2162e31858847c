import { nearest, type Plan } from "@groundplan/model";
import type { Arguments } from "../arguments/arguments.js";
import { UsageError } from "../arguments/usage-error.js";

/** Part -> port from `--port NAME=PORT`. Whether the ports can be had is seen when the stack starts. */
export function partPorts(given: Arguments): Readonly<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const text of given.list("port")) {
    const [, name, port] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
    if (name === undefined || port === undefined)
      throw new UsageError(`--port is written NAME=PORT, for example --port vote=9000, not "${text}".`);
    if (Object.hasOwn(ports, name)) throw new UsageError(`--port gives ${name} two ports (${ports[name]} and ${port}); give it one.`);
    ports[name] = portNumber("port", port);
  }
  return ports;
}

/** @throws UsageError when a port is given to what is no part of the stack. */
export function checkPartNames(ports: Readonly<Record<string, number>>, plan: Plan): void {
  const known = plan.components.filter((component) => component.port !== null).map((component) => component.name);
  for (const name of Object.keys(ports)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    throw new UsageError(
      `--port ${name}=${ports[name]}: the stack has no part "${name}" with a port (${known.join(", ")}).${meant === null ? "" : ` Did you mean "${meant}"?`}`,
    );
  }
}

/** `null`: no control room is wanted. */
export function controlRoomPort(given: Arguments): number | null {
  return given.flag("no-control-room") ? null : portNumber("control-room-port", given.text("control-room-port") ?? "");
}

function portNumber(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--${option}: a port is a whole number from 1 to 65535, not "${text}".`);
}
