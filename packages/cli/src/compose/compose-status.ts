import { type Container, isReady, publishedAddress } from "../docker/container.js";
import type { DockerPart } from "../docker/docker-part.js";
import { renderTable } from "../output/render-table.js";

/** A container of the stack, or a part of the stack that has none. */
export interface ServiceStatus {
  readonly service: string;
  /** `null`: there is none. */
  readonly container: string | null;
  /** As the engine calls it; "missing" without a container. */
  readonly state: Container["status"] | "missing";
  /** `null`: nothing asks for it. */
  readonly health: Container["health"];
  /** When it was started last, an ISO time; `null`: never. */
  readonly since: string | null;
  /** Where its port is published; `null`: nowhere. */
  readonly address: string | null;
  readonly ready: boolean;
}

/** A row for each container, in start order; parts of the stack without one have a row too. */
export function statusOf(parts: readonly Pick<DockerPart, "name" | "port">[], containers: readonly Container[]): readonly ServiceStatus[] {
  return parts.flatMap(({ name, port }): readonly ServiceStatus[] => {
    const copies = containers.filter(({ service }) => service === name);
    if (copies.length === 0) {
      return [{ service: name, container: null, state: "missing", health: null, since: null, address: null, ready: false }];
    }
    return copies.map((copy) => ({
      service: name,
      container: copy.name,
      state: copy.status,
      health: copy.health,
      since: copy.startedAt,
      address: port === null ? null : publishedAddress(name, port, [copy]),
      ready: isReady(copy),
    }));
  });
}

/** @param now Milliseconds since 1970. */
export function renderStatus(rows: readonly ServiceStatus[], now: number): string {
  return renderTable(
    ["service", "state", "health", "since", "address"],
    rows.map(({ service, state, health, since, address }) => [
      service,
      state,
      health ?? "-",
      since === null ? "-" : ago(now - Date.parse(since)),
      address === null ? "-" : `http://${address}`,
    ]),
  );
}

/** @example ago(150_000)   // "2 min" */
function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
