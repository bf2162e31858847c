import type { Plan } from "@groundplan/model";
import type { OutputPlace, Target } from "../target.js";
import { shell, table } from "../text/words.js";
import { renderAnsible } from "./ansible/render-ansible.js";
import { type HostsPlan, hostsPlanOf } from "./hosts-plan.js";
import { countAlarms } from "./terraform/monitoring.js";
import { renderTerraform } from "./terraform/render-terraform.js";
import { DATA_VOLUME_GB, ROOT_VOLUME_GB } from "./terraform/variables.js";

/** Machines on AWS, made by Terraform and set up by Ansible. */
export const awsTarget: Target = {
  name: "aws",
  summary: "machines on AWS: Terraform for the network and the hosts, Ansible for what runs on them",
  render: (plan, place) => {
    const hosts = hostsPlanOf(plan);
    const { files, secretFiles, notes } = renderAnsible(hosts);
    return {
      files: [{ path: "README.md", text: renderReadme(hosts, place) }, ...renderTerraform(hosts), ...files],
      secretFiles,
      notes: [...awsNotes(plan), ...memoryNotes(hosts), ...notes],
    };
  },
  next: (folder) => `terraform -chdir=${folder}/terraform init`,
};

function awsNotes({ hosts, aws }: Plan): readonly string[] {
  const closed = hosts.filter(({ subnet }) => subnet === "private").map(({ name }) => name);
  return [
    ...(aws.nat || closed.length === 0
      ? []
      : [
          `nat is false, so ${closed.join(", ")} cannot reach the internet: apply with -var nat_gateway=true while packages are installed; ` +
            "CloudWatch hears nothing from them",
        ]),
    ...(aws.availabilityZones === 2
      ? [
          "the hosts are spread over two availability zones, and each component runs on one: parts that need each other fail with either zone",
        ]
      : []),
  ];
}

/** README.md of the whole: what is made, what it costs, and every step by hand. */
function renderReadme(hosts: HostsPlan, place: OutputPlace): string {
  const sections = [
    `# The stack "${hosts.plan.stack}" on AWS`,
    "Made by groundplan: plain Terraform and Ansible, which need no groundplan. Change the stack file, not these files, and make them anew;\n" +
      "`terraform.tfvars`, `backend.tf` and the state are yours and are left alone.",
    shell(`npx groundplan synth aws --stack ${place.stackFolder} --out .`),
    ...whatItMakes(hosts),
    ...whatItCosts(hosts),
    ...steps(hosts),
    ...changing(hosts),
    ...destroying(hosts),
  ];
  return `${sections.join("\n\n")}\n`;
}

function whatItMakes({ plan, hosts }: HostsPlan): readonly string[] {
  const { aws } = plan;
  const rows = hosts.map((host) => [
    host.name + (host.bastion ? " (bastion)" : ""),
    `${host.subnet}, ${host.cidr}`,
    host.instanceType,
    host.runs.join(", ") || "nothing",
    host.hasData ? "a volume of its own" : "none",
  ]);
  return [
    "## What it makes",
    table(["host", "subnet", "type", "runs", "data"], rows),
    "A network of its own, with a security group for each host: `terraform/security.tf` has every rule, and `npx groundplan rules` the reasons.\n" +
      "Disks are encrypted, the metadata service answers with a session token only, and nobody from outside reaches a private host.",
    ...(aws.availabilityZones === 1
      ? []
      : [
          "The hosts of each subnet alternate between two availability zones. Each component runs on one host: parts that need each other fail\n" +
            "with either zone. What runs by itself survives the loss of the other zone.",
        ]),
    ...(privateHosts(plan).length === 0 || aws.nat ? [] : withoutNat(plan)),
  ];
}

function withoutNat(plan: Plan): readonly string[] {
  return [
    `**No NAT gateway**: ${privateHosts(plan).join(", ")} cannot reach the internet. Images come through the bastion; packages need a way out. So set the\n` +
      "hosts up, or update their packages, with `-var nat_gateway=true`, and apply without it afterwards. Images from a registry, the\n" +
      "CloudWatch agent and Session Manager do not work on these hosts, so alarms on their memory and disks are left out.",
  ];
}

function whatItCosts(hosts: HostsPlan): readonly string[] {
  const costs = fixedCosts(hosts, countAlarms(hosts));
  const known = costs.reduce((sum, { perMonth }) => sum + (perMonth ?? 0), 0);
  const unknown = costs.some(({ perMonth }) => perMonth === null);
  const dollars = (amount: number | null) => (amount === null ? "see AWS" : amount.toFixed(2));
  return [
    "## What it costs",
    table(
      ["what", "US dollars a month"],
      [
        ...costs.map(({ what, perMonth }) => [what, dollars(perMonth)]),
        [unknown ? "together, without what is unknown" : "together", dollars(known)],
      ],
    ),
    "From AWS's list prices of 2025 for us-east-1, 730 hours, without taxes: an order of magnitude, to be checked with AWS's calculator; other regions\n" +
      "differ. On top comes what is used: traffic, logs and figures of CloudWatch, CPU credits of t3 types (they may exceed their share, and\n" +
      "AWS bills it).",
  ];
}

function steps({ plan, cloudwatch }: HostsPlan): readonly string[] {
  const { domain } = plan.aws;
  return [
    "## Run it",
    "Needed: Terraform 1.10 or newer (or OpenTofu), Ansible, ssh, and credentials of AWS in the environment. `groundplan aws deploy` types the same\n" +
      "commands. The two settings that have no default:",
    [
      "```hcl",
      "# terraform/terraform.tfvars",
      'operator_cidr  = "203.0.113.7/32" # your own address',
      'ssh_public_key = "ssh-ed25519 AAAA..."',
      "```",
    ].join("\n"),
    shell(
      "terraform -chdir=terraform init",
      "terraform -chdir=terraform plan -out=stack.tfplan",
      "terraform -chdir=terraform apply stack.tfplan",
      "terraform -chdir=terraform output -json > ansible/terraform-output.json",
      "(cd ansible && ansible-playbook site.yml)",
    ),
    "Terraform makes bare machines, Ansible sets them up; both can be run again at any time. Where things are:\n`terraform -chdir=terraform output`.",
    ...(domain === null
      ? []
      : [
          `The domain \`${domain}\` must be, or lie in, a public zone of Route 53 in the same account: name the zone with \`hosted_zone\` if it is\n` +
            "another name. Certificates arrive once the names resolve.",
        ]),
    ...(cloudwatch.sendsAlarms ? ["AWS sends the alarm address a link for confirmation. Until it is opened no alarm arrives."] : []),
    "## When you are two",
    "The state is a file in `terraform/` at first. [terraform/bootstrap](terraform/bootstrap/README.md) makes a bucket in which several people\nshare it.",
  ];
}

function changing({ hosts }: HostsPlan): readonly string[] {
  const [first] = hosts.filter(({ hasData }) => hasData);
  const label = (first ?? hosts[0])?.name.replaceAll("-", "_") ?? "";
  return [
    "## Change it",
    table(
      ["what", "how"],
      [
        ["another instance type", `\`-var 'instance_types={ ${hosts[0]?.name} = "t3.small" }'\`: the host is stopped and started`],
        ["your address has changed", "`operator_cidr`, and apply"],
        [
          "a newer system image",
          `\`terraform -chdir=terraform apply -replace=aws_instance.${label}\`, then the playbooks. New images alone change nothing`,
        ],
        ...(first === undefined
          ? []
          : [["a larger data volume", `\`-var 'data_volume_gb={ ${first.name} = 50 }'\`, then grow the file system (\`resize2fs\`)`]]),
      ],
    ),
    ...(first === undefined
      ? []
      : [
          "A replaced host finds its data volume again. Hosts with a database are protected from deletion: first apply with\n`-var termination_protection=false`, and without it afterwards.",
        ]),
  ];
}

function destroying({ hosts }: HostsPlan): readonly string[] {
  const hasData = hosts.some((host) => host.hasData);
  return [
    "## Destroy it",
    ...(hasData
      ? [
          "Hosts with a database cannot be deleted while `termination_protection` is true; their volumes are deleted after them, and each leaves a\n" +
            "last snapshot, which costs until you delete it (`aws ec2 describe-snapshots --owner-ids self`).",
          shell(
            "terraform -chdir=terraform apply -var termination_protection=false",
            "terraform -chdir=terraform destroy -var termination_protection=false",
          ),
        ]
      : [shell("terraform -chdir=terraform destroy")]),
    "## Proven, and not",
    "`npx groundplan prove terraform` runs init, validate, plan, apply and destroy on these files with the real Terraform, without an account: what\n" +
      "the AWS provider's schema knows is checked. What only AWS knows is not: quotas, names that are taken, instance types that a zone lacks.",
  ];
}

const privateHosts = ({ hosts }: Plan): readonly string[] => hosts.filter(({ subnet }) => subnet === "private").map(({ name }) => name);

/** Something that AWS bills by the hour or month, whether it is used or not. */
interface Cost {
  readonly what: string;
  /** In US dollars; `null`: the price is not known here. */
  readonly perMonth: number | null;
}

/** What the stack costs while nobody uses it, with the defaults of its variables. `alarms`: how many CloudWatch has. */
function fixedCosts({ plan: { aws }, hosts }: HostsPlan, alarms: number): readonly Cost[] {
  const diskGb = hosts.length * ROOT_VOLUME_GB + hosts.filter(({ hasData }) => hasData).length * DATA_VOLUME_GB;
  const gateways = aws.nat ? new Set(hosts.filter(({ subnet }) => subnet === "private").map(({ zone }) => zone)).size : 0;
  const addresses = hosts.filter(({ subnet }) => subnet === "public").length + gateways;
  return [
    ...hosts.map(({ name, instanceType }) => ({ what: `host ${name}, ${instanceType}`, perMonth: instanceMonth(instanceType) })),
    ...(gateways === 0 ? [] : [{ what: `NAT gateway${times(gateways)}, traffic not counted`, perMonth: gateways * NAT_GATEWAY_MONTH }]),
    { what: `public IPv4 address${times(addresses)}`, perMonth: addresses * PUBLIC_ADDRESS_MONTH },
    { what: `disks, ${diskGb} GiB gp3`, perMonth: diskGb * DISK_GB_MONTH },
    ...(alarms === 0 ? [] : [{ what: `CloudWatch alarms, ${alarms}`, perMonth: alarms * ALARM_MONTH }]),
  ];
}

const times = (count: number): string => (count === 1 ? "" : ` (${count})`);

/**
 * List prices in US dollars, region us-east-1, on demand, Linux, as AWS published them in 2025 (aws.amazon.com/ec2/pricing/on-demand,
 * /vpc/pricing, /ebs/pricing, /cloudwatch/pricing, /route53/pricing). They say what is large and what is small, no more.
 */
const HOURS_IN_MONTH = 730;

const INSTANCE_HOUR: ReadonlyMap<string, number> = new Map([
  ["t3.nano", 0.0052],
  ["t3.micro", 0.0104],
  ["t3.small", 0.0208],
  ["t3.medium", 0.0416],
  ["t3.large", 0.0832],
  ["t3.xlarge", 0.1664],
  ["t3.2xlarge", 0.3328],
]);

/** A month of an instance; `null`: a type whose price is not known here. */
function instanceMonth(type: string): number | null {
  const hour = INSTANCE_HOUR.get(type);
  return hour === undefined ? null : hour * HOURS_IN_MONTH;
}

const NAT_GATEWAY_MONTH = 0.045 * HOURS_IN_MONTH;
const PUBLIC_ADDRESS_MONTH = 0.005 * HOURS_IN_MONTH;
const DISK_GB_MONTH = 0.08;
const ALARM_MONTH = 0.1;

/** Memory of instance types in MiB (aws.amazon.com/ec2/instance-types/t3). Others are not known here. */
const MEMORY_MB: ReadonlyMap<string, number> = new Map([
  ["t3.nano", 512],
  ["t3.micro", 1024],
  ["t3.small", 2048],
  ["t3.medium", 4096],
  ["t3.large", 8192],
  ["t3.xlarge", 16_384],
  ["t3.2xlarge", 32_768],
]);

/** What the components of a host, and what watches there, may take together, where that is more than it has: then the kernel ends one of them. */
function memoryNotes({ plan, hosts, monitoring }: HostsPlan): readonly string[] {
  // A proxy is small, and what has no image may run there some day.
  const all = [...plan.components, ...monitoring];
  return hosts.flatMap(({ name, instanceType: type }) => {
    const memoryMb = MEMORY_MB.get(type);
    const wantedMb = all.filter(({ host }) => host === name).reduce((sum, container) => sum + container.memoryMb, 0);
    if (memoryMb === undefined || wantedMb < memoryMb) return [];
    const fix = `s.aws({ instanceTypes: { "${name}": "${typeFor(wantedMb)}" } }), or less memoryMb`;
    return [`what runs on host ${name} may take ${wantedMb} MiB together, and a ${type} has ${memoryMb} for them and the system: ${fix}`];
  });
}

function typeFor(wantedMb: number): string {
  return [...MEMORY_MB].find(([, memoryMb]) => memoryMb > wantedMb)?.[0] ?? "...";
}
