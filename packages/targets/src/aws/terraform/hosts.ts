import type { Plan, PlannedHost } from "@groundplan/model";
import { hasDataVolume } from "../data-volume.js";
import { dataVolume } from "./data-volumes.js";
import { DATA_VOLUME_GB } from "./defaults.js";
import { call, type HclObject, type Raw, raw } from "./hcl/hcl-value.js";
import { attribute, attributes, block, comment, gap, type HclItem, heading } from "./hcl/render-hcl.js";
import { profileOf } from "./identity.js";
import { labelOf, reference } from "./labels.js";
import { inZone } from "./network.js";
import { securityGroupId } from "./security.js";

/** The machines, bare: Ansible sets them up, so nothing here has to change when the software does. */
export function hostsFile(plan: Plan): readonly HclItem[] {
  const { hosts, aws } = plan;
  const dataHosts = hosts.filter((host) => hasDataVolume(plan, host));
  return [
    ...heading("The machines, bare: Ansible sets them up. Data of Redis and PostgreSQL is on volumes of its own."),
    block(
      "locals",
      [],
      attribute("instance_types", mergeWith(aws.instanceTypes, "instance_types")),
      ...(dataHosts.length === 0
        ? []
        : [
            gap,
            attribute(
              "data_volume_gb",
              mergeWith(Object.fromEntries(dataHosts.map(({ name }) => [name, DATA_VOLUME_GB])), "data_volume_gb"),
            ),
          ]),
    ),
    ...image(),
    ...hosts.flatMap((host) => [
      instance(plan, host),
      ...(host.subnet === "public" ? elasticIp(plan, host) : []),
      ...(hasDataVolume(plan, host) ? dataVolume(plan, host) : []),
    ]),
  ];
}

/** What the stack file says, overridden by the operator's variable. */
const mergeWith = (values: HclObject, variable: string): Raw => call("merge", values, raw(`var.${variable}`));

function image(): readonly HclItem[] {
  const filter = (name: string, value: string) => block("filter", [], ...attributes({ name, values: [value] }));
  return [
    comment("Ubuntu 24.04 LTS, of its maker: 099720109477 is Canonical. Anybody could publish an image under that name."),
    block(
      "data",
      ["aws_ami", "ubuntu"],
      ...attributes({ most_recent: true, owners: ["099720109477"] }),
      filter("name", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"),
      filter("virtualization-type", "hvm"),
    ),
  ];
}

function instance(plan: Plan, host: PlannedHost): HclItem {
  const { name, subnet, zone } = host;
  const isPublic = subnet === "public";
  const hasData = hasDataVolume(plan, host);
  return block(
    "resource",
    ["aws_instance", labelOf(name)],
    ...attributes({
      ami: raw("data.aws_ami.ubuntu.id"),
      instance_type: raw(`local.instance_types["${name}"]`),
      subnet_id: reference("aws_subnet", inZone(subnet, zone), "id"),
      vpc_security_group_ids: [securityGroupId(name)],
      key_name: reference("aws_key_pair", "operator", "key_name"),
      iam_instance_profile: reference("aws_iam_instance_profile", profileOf(plan, host), "name"),
      ...(isPublic ? {} : { associate_public_ip_address: false }),
      ...(hasData ? { disable_api_termination: raw("var.termination_protection") } : {}),
    }),
    ...(isPublic
      ? [
          comment(
            "No associate_public_ip_address: the subnet gives no address, and once the Elastic IP is there the provider would read the",
            "option as true and replace the host for it (hashicorp/terraform-provider-aws issue 37318).",
          ),
        ]
      : []),
    ...metadataOptions(),
    block(
      "root_block_device",
      [],
      ...attributes({ volume_type: "gp3", volume_size: raw("var.root_volume_gb"), encrypted: true }),
      gap,
      attribute("tags", { Name: `${plan.stack}-${name}-system` }),
    ),
    attribute("tags", { Name: `${plan.stack}-${name}`, Host: name }),
    block(
      "lifecycle",
      [],
      comment("A newer image must not replace a running host. To move to it, replace the host on purpose: see README.md."),
      attribute("ignore_changes", raw("[ami]")),
    ),
    ...(hasData
      ? [
          comment("Deleted before its volume: as long as AWS refuses to delete the host, Terraform leaves the data alone."),
          attribute("depends_on", raw(`[aws_ebs_volume.${labelOf(name)}_data]`)),
        ]
      : []),
  );
}

/** One hop ends at the host: a container in a network of its own gets no answer. */
const metadataOptions = (): readonly HclItem[] => [
  comment("Only with a session token, and not from inside a container's network: services must not have the host's role."),
  block("metadata_options", [], ...attributes({ http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 })),
];

function elasticIp({ stack }: Plan, { name }: PlannedHost): readonly HclItem[] {
  const label = labelOf(name);
  return [
    comment("An address that stays when the host is stopped or replaced."),
    block("resource", ["aws_eip", label], attribute("domain", "vpc"), gap, attribute("tags", { Name: `${stack}-${name}` })),
    block(
      "resource",
      ["aws_eip_association", label],
      ...attributes({ instance_id: reference("aws_instance", label, "id"), allocation_id: reference("aws_eip", label, "id") }),
    ),
  ];
}
