import type { TerraformChanges } from "./run-terraform.js";
import { renderChanges } from "./terraform-events.js";

/**
 * What a plan would do: a line for each type of resource and action, then the sum. Data that is only read is left out.
 *
 * @example renderPlan(changes)   // ["create aws_instance: backend, database, frontend", ..., "12 to add, 0 to change, 0 to destroy"]
 */
export function renderPlan({ resources, count }: TerraformChanges): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { address, action } of resources) {
    if (action === "read" || action === "noop") continue;
    const [type = "", name = ""] = splitAddress(address);
    groups.set(`${action} ${type}`, [...(groups.get(`${action} ${type}`) ?? []), name]);
  }
  const lines = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, names]) => `${group}: ${names.sort().join(", ")}`);
  return [...lines, renderChanges(count)];
}

/** @example splitAddress('aws_instance.host["db"]')   // ["aws_instance", 'host["db"]'] */
export function splitAddress(address: string): readonly [type: string, name: string] {
  const [type = "", ...rest] = address.split(".");
  return [type, rest.join(".")];
}
