import type { AwsDefinition } from "../definition.js";

const DEFAULT_INSTANCE_TYPE = "t3.micro";

/** A stack without `s.aws` has these. */
export const AWS_DEFAULTS: AwsDefinition = { region: "us-east-1", instanceTypes: {}, availabilityZones: 1, nat: true, domain: null };

/** The options of `s.aws`, or their defaults, with an instance type for every host. */
export function awsPlan(definition: AwsDefinition | null, hosts: readonly { readonly name: string }[]): AwsDefinition {
  const aws = definition ?? AWS_DEFAULTS;
  // A map: a host may have the name of something that every object has, such as "constructor".
  const types = new Map(Object.entries(aws.instanceTypes));
  return { ...aws, instanceTypes: Object.fromEntries(hosts.map(({ name }) => [name, types.get(name) ?? DEFAULT_INSTANCE_TYPE])) };
}
