import type { Plan } from "@groundplan/model";
import type { HostPlan, HostsPlan } from "../hosts-plan.js";
import {
  attribute,
  attributes,
  block,
  call,
  comment,
  gap,
  type HclItem,
  type HclObject,
  heading,
  labelOf,
  type Raw,
  raw,
  reference,
} from "./hcl.js";
import { profileOf } from "./identity.js";
import { inZone } from "./network.js";
import { securityGroupId } from "./security.js";
import { DATA_VOLUME_GB } from "./variables.js";

/** The machines, bare: Ansible sets them up, so nothing here has to change when the software does. */
export function hostsFile({ plan, hosts }: HostsPlan): readonly HclItem[] {
  const dataHosts = hosts.filter(({ hasData }) => hasData);
  return [
    ...heading("The machines, bare: Ansible sets them up. Data of Redis and PostgreSQL is on volumes of its own."),
    block(
      "locals",
      [],
      attribute("instance_types", mergeWith(plan.aws.instanceTypes, "instance_types")),
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
      ...(host.hasData ? dataVolume(plan, host) : []),
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

function instance(plan: Plan, host: HostPlan): HclItem {
  const { name, subnet, zone, hasData } = host;
  const isPublic = subnet === "public";
  return block(
    "resource",
    ["aws_instance", labelOf(name)],
    ...attributes({
      ami: raw("data.aws_ami.ubuntu.id"),
      instance_type: raw(`local.instance_types["${name}"]`),
      subnet_id: reference("aws_subnet", inZone(subnet, zone), "id"),
      vpc_security_group_ids: [securityGroupId(name)],
      key_name: reference("aws_key_pair", "operator", "key_name"),
      iam_instance_profile: reference("aws_iam_instance_profile", profileOf(host), "name"),
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

function elasticIp({ stack }: Plan, { name }: HostPlan): readonly HclItem[] {
  const label = labelOf(name);
  return [
    comment("An address that stays when the host is stopped or replaced."),
    block("resource", ["aws_eip", label], attribute("domain", "vpc"), gap, attribute("tags", { Name: `${stack}-${name}` })),
    block(
      "resource",
      ["aws_eip_association", label],
      ...attributes({ instance_id: instanceId(name), allocation_id: reference("aws_eip", label, "id") }),
    ),
  ];
}

/** The disk that Redis and PostgreSQL of a host keep their data on, and its place in the host. */
function dataVolume({ stack }: Plan, { name, subnet, zone }: HostPlan): readonly HclItem[] {
  const label = labelOf(name);
  return [
    block(
      "resource",
      ["aws_ebs_volume", `${label}_data`],
      comment("The subnet's zone, not the host's: a replaced host must find its volume again, not get a new one."),
      ...attributes({
        availability_zone: reference("aws_subnet", inZone(subnet, zone), "availability_zone"),
        type: "gp3",
        size: raw(`local.data_volume_gb["${name}"]`),
        encrypted: true,
      }),
      gap,
      comment(
        "It is deleted after its host only, so what protects the host protects the data, and a last snapshot is kept even then.",
        "(prevent_destroy would need an edit of this file before every terraform destroy.)",
      ),
      attribute("final_snapshot", true),
      gap,
      attribute("tags", { Name: `${stack}-${name}-data` }),
    ),
    block(
      "resource",
      ["aws_volume_attachment", `${label}_data`],
      ...attributes({
        device_name: "/dev/sdf",
        volume_id: dataVolumeId(name),
        instance_id: instanceId(name),
      }),
      gap,
      comment("Never detached under a running database: the volume comes free when its host is gone."),
      attribute("skip_destroy", true),
    ),
  ];
}

/** Id of the machine of a host. */
export const instanceId = (host: string): Raw => reference("aws_instance", labelOf(host), "id");

/** Of a public host: the address that stays. */
export const publicAddress = (host: string): Raw => reference("aws_eip", labelOf(host), "public_ip");

const dataVolumeId = (host: string): Raw => reference("aws_ebs_volume", `${labelOf(host)}_data`, "id");

/** What the outputs say of a host: its addresses, instance and data volume. */
export function hostOutput({ name, subnet, hasData }: HostPlan): HclObject {
  return {
    public_ip: subnet === "public" ? publicAddress(name) : null,
    private_ip: reference("aws_instance", labelOf(name), "private_ip"),
    instance_id: instanceId(name),
    subnet,
    data_volume_id: hasData ? dataVolumeId(name) : null,
  };
}
