import type { Cloud } from "../cloud/cloud.js";
import { stableHash } from "../cloud/stable-hash.js";
import { blocksOf, textOf, textsOf, type Values } from "../values/value.js";

/** An image of the name and architecture that was asked for: whether AWS has one, nobody knows here. */
export function answerAmi({ region }: Cloud, config: Values): Values {
  const filters = new Map(blocksOf(config.filter).map(({ name, values }) => [textOf(name) ?? "", textsOf(values)[0] ?? ""]));
  const name = (filters.get("name") ?? textOf(config.name_regex) ?? "image").replaceAll("*", "20260101");
  const id = filters.get("image-id") ?? `ami-0${stableHash(`${region} ${name}`)}`;
  return {
    id,
    image_id: id,
    name,
    arn: `arn:aws:ec2:${region}::image/${id}`,
    architecture: filters.get("architecture") ?? (/arm64/.test(name) ? "arm64" : "x86_64"),
    owner_id: textsOf(config.owners).find((owner) => /^\d{12}$/.test(owner)) ?? "",
    state: "available",
    public: true,
    creation_date: "2026-01-01T00:00:00.000Z",
    image_type: "machine",
    hypervisor: "xen",
    ena_support: true,
    root_device_name: "/dev/sda1",
    root_device_type: "ebs",
    virtualization_type: "hvm",
  };
}
