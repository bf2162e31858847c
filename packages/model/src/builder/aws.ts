import type { AwsDefinition } from "../definition.js";
import { AWS_DEFAULTS } from "../planning/aws.js";
import { entriesOf, OptionReader, type Report } from "./option-reader.js";
import { awsZones, flag, text } from "./value-kind.js";

/** How the stack is set up on AWS. Every option has a default; a stack without `s.aws` has them all. */
export interface AwsOptions {
  /**
   * The region. At deploy time `-var region=...` overrides it.
   *
   * @default "us-east-1"
   * @example s.aws({ region: "eu-central-1" })
   */
  readonly region?: string;

  /**
   * The instance type of each host by the host's name, an x86-64 one.
   *
   * @default "t3.micro" for every host that is not named
   * @example s.aws({ instanceTypes: { database: "t3.small" } })
   */
  readonly instanceTypes?: Readonly<Record<string, string>>;

  /**
   * In how many availability zones the network has subnets. With 2 the hosts of each subnet alternate between them, in the order of
   * declaration. A component runs on one host, so a stack whose parts need each other then depends on both zones.
   *
   * @default 1
   * @example s.aws({ availabilityZones: 2 })
   */
  readonly availabilityZones?: 1 | 2;

  /**
   * Whether private hosts have a way out, by a NAT gateway that costs by the hour. Without one they cannot fetch packages or images nor
   * send to CloudWatch: it is switched on while they are set up.
   *
   * @default true
   * @example s.aws({ nat: false })
   */
  readonly nat?: boolean;

  /**
   * Public services are found at https://<service>.<domain>, with certificates of Let's Encrypt. The domain is a public hosted zone of
   * Route 53, or lies in one.
   *
   * @default none: http:// with the host's address and the service's port
   * @example s.aws({ domain: "poll.example.com" })
   */
  readonly domain?: string;
}

const OPTIONS: Readonly<Record<keyof AwsOptions, true>> = {
  region: true,
  instanceTypes: true,
  availabilityZones: true,
  nat: true,
  domain: true,
};

export function readAws(value: unknown, report: Report): AwsDefinition {
  const options = new OptionReader("aws", value, OPTIONS, report);
  return {
    region: options.read("region", text('"eu-central-1"'), AWS_DEFAULTS.region),
    instanceTypes: readInstanceTypes(options.raw("instanceTypes"), report),
    availabilityZones: options.read("availabilityZones", awsZones, AWS_DEFAULTS.availabilityZones),
    nat: options.read("nat", flag, AWS_DEFAULTS.nat),
    domain: options.read("domain", text('"poll.example.com"'), AWS_DEFAULTS.domain),
  };
}

function readInstanceTypes(value: unknown, report: Report): Readonly<Record<string, string>> {
  const at = "aws.instanceTypes";
  const hosts = Object.fromEntries(entriesOf(at, value, "instance types", report));
  const known = Object.fromEntries(Object.keys(hosts).map((host) => [host, true] as const));
  const reader = new OptionReader(at, hosts, known, report);
  // An unreadable type is reported once, here: no rule sees it.
  const types = Object.keys(hosts).map((host) => [host, reader.read(host, text('"t3.small"'), null)] as const);
  return Object.fromEntries(types.flatMap(([host, type]) => (type === null ? [] : [[host, type]])));
}
