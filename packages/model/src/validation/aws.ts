import type { AwsDefinition, StackDefinition } from "../definition.js";
import { nearest } from "../nearest.js";
import type { Problem } from "../problem.js";
import { listOf, show } from "../show.js";
import { hostsByName, unknownName } from "./names.js";

/**
 * The regions of the commercial partition of AWS, as its general reference lists them (2025). A later one can be given at deploy time:
 * `-var region=...`
 */
const AWS_REGIONS: readonly string[] = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

const INSTANCE_TYPE = /^[a-z][a-z0-9-]*[0-9][a-z0-9-]*\.(nano|micro|small|medium|large|[0-9]*xlarge|metal(-[0-9]+xl)?)$/;
/** Graviton: the family's letters after its generation begin with g, as in t4g and c7gn. */
const ARM_FAMILY = /^[a-z]+[0-9]+g[a-z0-9-]*\./;
const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^(${LABEL}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`);
const LONGEST_DNS_NAME = 253;

/** Options of `s.aws` that AWS would refuse, or that would have no effect. */
export function awsProblems(stack: StackDefinition): readonly Problem[] {
  const { aws } = stack;
  if (aws === null) return [];
  return [...regionProblems(aws), ...instanceTypeProblems(aws, stack), ...domainProblems(aws, stack)];
}

function regionProblems({ region }: AwsDefinition): readonly Problem[] {
  if (AWS_REGIONS.includes(region)) return [];
  const near = nearest(region, AWS_REGIONS);
  return [
    {
      at: "aws.region",
      code: "AWS_REGION_UNKNOWN",
      message: `${show(region)} isn't an AWS region`,
      found: show(region),
      allowed: listOf(AWS_REGIONS),
      fix: near === null ? 'write the code of a region, for example "eu-central-1"' : `write ${show(near)}`,
    },
  ];
}

function instanceTypeProblems({ instanceTypes }: AwsDefinition, stack: StackDefinition): readonly Problem[] {
  const hosts = hostsByName(stack);
  return Object.entries(instanceTypes).flatMap(([host, type]) => {
    const at = `aws.instanceTypes.${host}`;
    if (!hosts.has(host)) return unknownName(at, "AWS_HOST_UNKNOWN", "host", host, hosts.keys());
    const isArm = ARM_FAMILY.test(type);
    if (INSTANCE_TYPE.test(type) && !isArm) return [];
    return {
      at,
      code: "AWS_INVALID",
      message: isArm ? `${show(type)} is an ARM machine, and the hosts' system is x86-64` : `${show(type)} is not an instance type`,
      found: show(type),
      allowed: "an x86-64 instance type: a family, a dot and a size",
      fix: `write one, for example ${show(isArm ? "t3.small" : "t3.micro")}`,
    };
  });
}

function domainProblems({ domain }: AwsDefinition, stack: StackDefinition): readonly Problem[] {
  if (domain === null) return [];
  const at = "aws.domain";
  const publicServices = stack.components.filter((component) => component.kind === "service" && component.public);
  const longest = Math.max(0, ...publicServices.map(({ name }) => name.length + 1));
  const fits = (name: string) => DOMAIN.test(name) && name.length + longest <= LONGEST_DNS_NAME;
  if (!fits(domain)) {
    const better = bareName(domain);
    return [
      {
        at,
        code: "AWS_INVALID",
        message: `${show(domain)} is not a domain name that services could have names in`,
        found: show(domain),
        allowed: `labels of a-z, 0-9 and hyphens with dots between them, at most ${LONGEST_DNS_NAME} with the name of a service before it`,
        fix: fits(better) ? `write ${show(better)}` : 'write the bare name, for example "poll.example.com"',
      },
    ];
  }
  if (publicServices.length > 0) return [];
  return [
    {
      at,
      code: "AWS_INVALID",
      message: "no service is public, so nothing would be found in the domain",
      found: `domain: ${show(domain)} and no public service`,
      allowed: "domain together with a public service",
      fix: "add public: true to a service, or remove domain",
    },
  ];
}

/** "https://Poll.Example.com/" means "poll.example.com". */
function bareName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .replace(/^\*\./, "")
    .replace(/[/:].*$/, "")
    .replace(/\.$/, "");
}
