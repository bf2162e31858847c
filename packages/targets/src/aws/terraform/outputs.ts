import type { Plan, PlannedComponent, PlannedHost } from "@groundplan/model";
import { logGroupsOf } from "../cloudwatch.js";
import { hasDataVolume } from "../data-volume.js";
import { type HclObject, type HclValue, raw } from "./hcl/hcl-value.js";
import { attributes, block, type HclItem, heading } from "./hcl/render-hcl.js";
import { sendsAlarms } from "./identity.js";
import { labelOf, reference } from "./labels.js";

/** What Ansible's inventory and people need to know. */
export function outputsFile(plan: Plan): readonly HclItem[] {
  const { hosts, components, monitoring } = plan;
  const bastion = hosts.find((host) => host.bastion);
  return [
    ...heading("What Ansible's inventory and people need to know."),
    output(
      "hosts",
      "Each host by its name: addresses, instance and data volume.",
      byName(hosts, (host) => hostOutput(plan, host)),
    ),
    output("bastion", "The host through which operators reach the others by SSH.", bastion?.name ?? ""),
    output("ssh_user", "The user to log in as.", "ubuntu"),
    output("region", "Where it all is.", raw("var.region")),
    output(
      "public_urls",
      "Where people find each public service.",
      byName(
        components.filter((component) => component.public),
        (component) => urlOf(plan, component),
      ),
    ),
    output("log_groups", "Log groups of CloudWatch that the agent writes to.", monitoring === null ? {} : logGroups(plan)),
    ...(sendsAlarms(plan)
      ? [output("alarm_topic_arn", "The SNS topic that alarms are sent to.", reference("aws_sns_topic", "alarms", "arn"))]
      : []),
  ];
}

function output(name: string, description: string, value: HclValue): HclItem {
  return block("output", [name], ...attributes({ description, value }));
}

function byName<T extends { readonly name: string }>(items: readonly T[], read: (item: T) => HclValue): HclObject {
  return Object.fromEntries(items.map((item) => [item.name, read(item)]));
}

function hostOutput(plan: Plan, host: PlannedHost): HclObject {
  const label = labelOf(host.name);
  return {
    public_ip: host.subnet === "public" ? reference("aws_eip", label, "public_ip") : null,
    private_ip: reference("aws_instance", label, "private_ip"),
    instance_id: reference("aws_instance", label, "id"),
    subnet: host.subnet,
    data_volume_id: hasDataVolume(plan, host) ? reference("aws_ebs_volume", `${label}_data`, "id") : null,
  };
}

/** With the port, unless it is the one that browsers take anyway. */
function urlOf({ aws }: Plan, { name, host, port }: PlannedComponent): HclValue {
  if (aws.domain !== null) return `https://${name}.${aws.domain}`;
  const address = `http://\${aws_eip.${labelOf(host)}.public_ip}`;
  return raw(`"${address}${port === 80 ? "" : `:${port}`}"`);
}

const logGroups = (plan: Plan): HclObject =>
  Object.fromEntries(Object.keys(logGroupsOf(plan)).map((group) => [group, reference("aws_cloudwatch_log_group", group, "name")]));
