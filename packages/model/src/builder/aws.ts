import { flag, oneOf, text } from "./kinds.js";
import { type DefinitionOf, entriesOf, type Kind, type OptionsOf, optional, type Place, readShape, withDefault } from "./shape.js";

/** Name of a host -> instance type. */
const instanceTypes: Kind<Readonly<Record<string, string>>> = {
  allowed: "instance types",
  example: '{ database: "t3.small" }',
  parse: (value, place) => {
    const hosts = entriesOf(value, place, "instance types").filter(([, type]) => type !== undefined);
    const shape = Object.fromEntries(hosts.map(([host]) => [host, optional(text('"t3.small"'))]));
    const types = readShape(shape, Object.fromEntries(hosts), place);
    // An unreadable type is reported once, here: no rule sees it.
    return Object.fromEntries(Object.entries(types).flatMap(([host, type]) => (type === null ? [] : [[host, type]])));
  },
};

/** How the stack is set up on AWS. Every option has a default; a stack without `s.aws` has them all. */
export const AWS = {
  /**
   * The region. At deploy time `-var region=...` overrides it.
   *
   * @default "us-east-1"
   * @example s.aws({ region: "eu-central-1" })
   */
  region: withDefault(text('"eu-central-1"'), "us-east-1"),

  /**
   * The instance type of each host by the host's name, an x86-64 one.
   *
   * @default "t3.micro" for every host that is not named
   * @example s.aws({ instanceTypes: { database: "t3.small" } })
   */
  instanceTypes: withDefault(instanceTypes, {}),

  /**
   * In how many availability zones the network has subnets. With 2 the hosts of each subnet alternate between them, in the order of
   * declaration. A component runs on one host, so a stack whose parts need each other then depends on both zones.
   *
   * @default 1
   * @example s.aws({ availabilityZones: 2 })
   */
  availabilityZones: withDefault(oneOf<1 | 2>([1, 2], 2), 1),

  /**
   * Whether private hosts have a way out, by a NAT gateway that costs by the hour. Without one they cannot fetch packages or images nor
   * send to CloudWatch: it is switched on while they are set up.
   *
   * @default true
   * @example s.aws({ nat: false })
   */
  nat: withDefault(flag, true),

  /**
   * Public services are found at https://<service>.<domain>, with certificates of Let's Encrypt. The domain is a public hosted zone of
   * Route 53, or lies in one.
   *
   * @default none: http:// with the host's address and the service's port
   * @example s.aws({ domain: "poll.example.com" })
   */
  domain: optional(text('"poll.example.com"')),
};

/** How the stack is set up on AWS. Every option has a default; a stack without `s.aws` has them all. */
export interface AwsOptions extends OptionsOf<typeof AWS> {}

/** How the stack is set up on AWS. */
export interface AwsDefinition extends DefinitionOf<typeof AWS> {}

export function readAws(value: unknown, place: Place): AwsDefinition {
  return readShape(AWS, value, place);
}
