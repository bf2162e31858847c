import { build } from "../../src/index.js";
import { type BrokenStack, broken, type LooseBuilder, onOneHost } from "./broken-stack.js";

function website(s: LooseBuilder): void {
  s.service("web", { image: build("./web"), port: 8000, public: true });
  onOneHost(s, "web");
}

const INSTANCE_TYPES = "an x86-64 instance type: a family, a dot and a size";
const DOMAINS = "labels of a-z, 0-9 and hyphens with dots between them, at most 253 with the name of a service before it";
const REGIONS =
  "af-south-1, ap-east-1, ap-east-2, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-south-1, ap-south-2, ap-southeast-1, " +
  "ap-southeast-2, ap-southeast-3, ap-southeast-4, ap-southeast-5, ap-southeast-6, ap-southeast-7, ca-central-1, ca-west-1, eu-central-1, " +
  "eu-central-2, eu-north-1, eu-south-1, eu-south-2, eu-west-1, eu-west-2, eu-west-3, il-central-1, me-central-1, me-south-1, mx-central-1, " +
  "sa-east-1, us-east-1, us-east-2, us-west-1, us-west-2";

export const brokenAws: readonly BrokenStack[] = [
  broken(
    "a misspelt region, a misspelt host, and machines that do not exist or do not fit",
    (s) => {
      website(s);
      s.host("arm", { subnet: "private", runs: [] });
      s.aws({ region: "eu-centrl-1", instanceTypes: { mian: "t3.small", main: "t3 small", arm: "t4g.micro" } });
    },
    [
      {
        at: "aws.region",
        code: "AWS_REGION_UNKNOWN",
        message: '"eu-centrl-1" isn\'t an AWS region',
        found: '"eu-centrl-1"',
        allowed: REGIONS,
        fix: 'write "eu-central-1"',
      },
      {
        at: "aws.instanceTypes.mian",
        code: "AWS_HOST_UNKNOWN",
        message: '"mian" is not a host of this stack',
        found: '"mian"',
        allowed: "arm, main",
        fix: 'write "main", or add a host named "mian"',
      },
      {
        at: "aws.instanceTypes.main",
        code: "AWS_INVALID",
        message: '"t3 small" is not an instance type',
        found: '"t3 small"',
        allowed: INSTANCE_TYPES,
        fix: 'write one, for example "t3.micro"',
      },
      {
        at: "aws.instanceTypes.arm",
        code: "AWS_INVALID",
        message: '"t4g.micro" is an ARM machine, and the hosts\' system is x86-64',
        found: '"t4g.micro"',
        allowed: INSTANCE_TYPES,
        fix: 'write one, for example "t3.small"',
      },
    ],
  ),
  broken(
    "a domain that is an address, in a second s.aws, and a region that is nothing like one",
    (s) => {
      website(s);
      s.aws({});
      s.aws({ region: "here", domain: "https://Poll.Example.com/vote" });
    },
    [
      {
        at: "aws",
        code: "AWS_INVALID",
        message: "aws is declared more than once",
        found: "a second s.aws",
        allowed: "at most one s.aws",
        fix: "join them into one s.aws",
      },
      {
        at: "aws.region",
        code: "AWS_REGION_UNKNOWN",
        message: '"here" isn\'t an AWS region',
        found: '"here"',
        allowed: REGIONS,
        fix: 'write the code of a region, for example "eu-central-1"',
      },
      {
        at: "aws.domain",
        code: "AWS_INVALID",
        message: '"https://Poll.Example.com/vote" is not a domain name that services could have names in',
        found: '"https://Poll.Example.com/vote"',
        allowed: DOMAINS,
        fix: 'write "poll.example.com"',
      },
    ],
  ),
  broken(
    "a domain of one word",
    (s) => {
      website(s);
      s.aws({ domain: "localhost" });
    },
    [
      {
        at: "aws.domain",
        code: "AWS_INVALID",
        message: '"localhost" is not a domain name that services could have names in',
        found: '"localhost"',
        allowed: DOMAINS,
        fix: 'write the bare name, for example "poll.example.com"',
      },
    ],
  ),
  broken(
    "a domain in which a service's name would be too long",
    (s) => {
      website(s);
      s.aws({ domain: `${"a123456789.".repeat(22)}examples` });
    },
    [
      {
        at: "aws.domain",
        code: "AWS_INVALID",
        message: `"${"a123456789.".repeat(5)}a... is not a domain name that services could have names in`,
        found: `"${"a123456789.".repeat(5)}a...`,
        allowed: DOMAINS,
        fix: 'write the bare name, for example "poll.example.com"',
      },
    ],
  ),
  broken(
    "a domain in which nothing would be found",
    (s) => {
      s.service("job", { local: "run-jobs" });
      onOneHost(s, "job");
      s.aws({ domain: "poll.example.com" });
    },
    [
      {
        at: "aws.domain",
        code: "AWS_INVALID",
        message: "no service is public, so nothing would be found in the domain",
        found: 'domain: "poll.example.com" and no public service',
        allowed: "domain together with a public service",
        fix: "add public: true to a service, or remove domain",
      },
    ],
  ),
  broken(
    "with a domain, a component that has a port or the name of the proxy, on the host that has the proxy",
    (s) => {
      s.service("web", { image: build("./web"), port: 80, public: true });
      s.service("caddy", { image: build("./caddy"), port: 443 });
      s.service("inner", { image: build("./inner"), port: 443 });
      onOneHost(s, "web", "caddy");
      s.host("other", { subnet: "private", runs: ["inner"] });
      s.aws({ domain: "poll.example.com" });
    },
    [
      {
        at: "services.caddy",
        code: "NAME_INVALID",
        message: '"caddy" is reserved',
        found: '"caddy"',
        allowed: "1 to 40 of a-z, 0-9 and single hyphens, a letter first, no hyphen last; not localhost, groundplan, caddy",
        fix: "choose another name",
      },
      ...[
        ["web", "80"],
        ["caddy", "443"],
      ].map(([name, port]) => ({
        at: `services.${name}.port`,
        code: "PORT_TAKEN" as const,
        message: `${port} on host "main" is already used by the proxy for HTTPS (aws.domain)`,
        found: `${port}`,
        allowed: 'a port that nothing else on host "main" uses',
        fix: `choose another port, or run "${name}" on another host`,
      })),
    ],
  ),
  broken(
    "options of AWS that are of the wrong kind, each once",
    (s) => {
      s.service("web", { image: build("./web"), port: 8000, public: true });
      s.host("main", { subnet: "public", runs: ["web"] });
      s.aws({ zone: "a", region: 7, instanceTypes: { main: 3 }, availabilityZones: 3, nat: "no", domain: true });
    },
    [
      {
        at: "aws.zone",
        code: "OPTION_UNKNOWN",
        message: 'there is no option "zone" here',
        found: '"zone"',
        allowed: "region, instanceTypes, availabilityZones, nat, domain",
        fix: "remove zone",
      },
      {
        at: "aws.region",
        code: "OPTION_INVALID",
        message: "region is not text",
        found: "7",
        allowed: "text",
        fix: 'write text, for example region: "eu-central-1"',
      },
      {
        at: "aws.instanceTypes.main",
        code: "OPTION_INVALID",
        message: "main is not text",
        found: "3",
        allowed: "text",
        fix: 'write text, for example main: "t3.small"',
      },
      {
        at: "aws.availabilityZones",
        code: "OPTION_INVALID",
        message: "availabilityZones is not 1 or 2",
        found: "3",
        allowed: "1 or 2",
        fix: "write 1 or 2, for example availabilityZones: 2",
      },
      {
        at: "aws.nat",
        code: "OPTION_INVALID",
        message: "nat is not true or false",
        found: '"no"',
        allowed: "true or false",
        fix: "write true or false, for example nat: true",
      },
      {
        at: "aws.domain",
        code: "OPTION_INVALID",
        message: "domain is not text",
        found: "true",
        allowed: "text",
        fix: 'write text, for example domain: "poll.example.com"',
      },
    ],
  ),
];
