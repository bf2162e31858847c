import type { StateResource } from "../terraform/state-resource.js";
import { blocksOf, isValues, textOf } from "../values/value.js";
import { type Applied, type Check, ofType } from "./check.js";

export const PRIVATE_HOSTS_HAVE_NO_PUBLIC_ADDRESS: Check = {
  claim: "no private host has a public address",
  contradictions(applied) {
    const { resources, plan } = applied;
    const instances = ofType(resources, "aws_instance");
    if (instances.length === 0 && plan === null) return null;
    const missing = (plan?.hosts ?? [])
      .filter(({ name }) => !instances.some((instance) => isHost(instance, name)))
      .map(({ name }) => `the host ${name} has no instance`);
    const exposed = instances
      .filter((instance) => isPrivate(applied, instance))
      .flatMap((instance) => {
        const address = publicAddressOf(resources, instance);
        return address === null ? [] : [`${instance.address} is private and has the public address ${address}`];
      });
    return [...missing, ...exposed];
  },
};

/** As the stack says; where there is none, by whether its subnet has a way to an internet gateway. */
function isPrivate({ plan, resources }: Applied, instance: StateResource): boolean {
  const planned = plan?.hosts.find(({ name }) => isHost(instance, name));
  return planned === undefined ? !leadsToInternet(resources, textOf(instance.values.subnet_id)) : planned.subnet === "private";
}

function isHost({ name, values }: StateResource, host: string): boolean {
  return name === host.replaceAll("-", "_") || (isValues(values.tags) && values.tags.Host === host);
}

function publicAddressOf(resources: readonly StateResource[], { values }: StateResource): string | null {
  const own = textOf(values.public_ip);
  if (own !== null || values.associate_public_ip_address === true) return own ?? "of its subnet";
  const associated = ofType(resources, "aws_eip_association").find((each) => each.values.instance_id === values.id);
  const address = ofType(resources, "aws_eip").find(
    (eip) => eip.values.instance === values.id || (associated !== undefined && eip.values.id === associated.values.allocation_id),
  );
  return textOf(address?.values.public_ip);
}

function leadsToInternet(resources: readonly StateResource[], subnet: string | null): boolean {
  const tables = ofType(resources, "aws_route_table_association")
    .filter(({ values }) => values.subnet_id === subnet)
    .map(({ values }) => values.route_table_id);
  const routes = [
    ...ofType(resources, "aws_route")
      .filter(({ values }) => tables.includes(values.route_table_id))
      .map(({ values }) => values),
    ...ofType(resources, "aws_route_table")
      .filter(({ values }) => tables.includes(values.id))
      .flatMap(({ values }) => blocksOf(values.route)),
  ];
  return routes.some(({ gateway_id }) => textOf(gateway_id)?.startsWith("igw-") === true);
}
