import type { Plan, PlannedHost } from "@groundplan/model";
import { raw } from "./hcl/hcl-value.js";
import { attribute, attributes, block, comment, gap, type HclItem } from "./hcl/render-hcl.js";
import { labelOf, reference } from "./labels.js";
import { inZone } from "./network.js";

/** The disk that Redis and PostgreSQL of a host keep their data on, and its place in the host. */
export function dataVolume({ stack }: Plan, { name, subnet, zone }: PlannedHost): readonly HclItem[] {
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
        volume_id: reference("aws_ebs_volume", `${label}_data`, "id"),
        instance_id: reference("aws_instance", label, "id"),
      }),
      gap,
      comment("Never detached under a running database: the volume comes free when its host is gone."),
      attribute("skip_destroy", true),
    ),
  ];
}
