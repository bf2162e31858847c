import { splitAddress } from "./render-changes.js";
import type { TerraformChanges } from "./run-terraform.js";
import type { StateResource } from "./state.js";

/** AWS refuses to remove it, until that is taken away. */
export function isProtected({ type, values }: StateResource): boolean {
  return type === "aws_instance" && values.disable_api_termination === true;
}

/** What a person has to know before all of it is removed: a line each. */
export function describeLoss({ resources, count }: TerraformChanges, state: readonly StateResource[]): readonly string[] {
  const doomed = new Set(resources.filter(({ action }) => action === "delete").map(({ address }) => address));
  const removed = (type: string) => state.filter((one) => one.type === type && doomed.has(one.address));
  const machines = removed("aws_instance");
  const volumes = removed("aws_ebs_volume");
  const hasSnapshot = ({ values }: StateResource) => values.final_snapshot === true;
  const addresses = removed("aws_eip").flatMap(({ values }) => (typeof values.public_ip === "string" ? [values.public_ip] : []));
  const line = (text: string, names: readonly string[], ending = "") =>
    names.length === 0 ? [] : [`${text}: ${names.join(", ")}${ending}`];
  return [
    `${count.remove} resources are removed, and cannot be brought back`,
    ...line("machines, with all that is on their own disks", namesOf(machines)),
    ...line("DATA is lost, and no snapshot is kept, of the volumes", namesOf(volumes.filter((volume) => !hasSnapshot(volume)))),
    ...line("data volumes", namesOf(volumes.filter(hasSnapshot)), "; a last snapshot of each is kept, and costs money until it is deleted"),
    ...line("addresses that go back to AWS", addresses),
    ...line("protected against termination, which is taken away first", namesOf(machines.filter(isProtected))),
  ];
}

function namesOf(resources: readonly StateResource[]): readonly string[] {
  return resources.map(({ address }) => splitAddress(address)[1]);
}
