import type { Plan, PlannedHost } from "@groundplan/model";

/** Where the data volume of a host is mounted. */
export const DATA_MOUNT = "/data";

/** A host whose data must outlive the machine: Redis or PostgreSQL runs on it. */
export function hasDataVolume({ components }: Plan, { runs }: Pick<PlannedHost, "runs">): boolean {
  return components.some(({ name, kind }) => kind !== "service" && runs.includes(name));
}
