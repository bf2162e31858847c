import type { StateResource } from "../terraform/state-resource.js";
import { blocksOf } from "../values/value.js";
import { type Check, ofType } from "./check.js";

export const VOLUMES_ENCRYPTED: Check = {
  claim: "every volume and database is encrypted",
  contradictions({ resources }) {
    const concerned = ofType(resources, "aws_instance", "aws_ebs_volume", "aws_db_instance", "aws_rds_cluster");
    if (concerned.length === 0) return null;
    const plain = (address: string, what: string) => `${address}: ${what} is not encrypted`;
    return [
      ...ofType(resources, "aws_instance").flatMap((instance) => openDevices(instance).map((device) => plain(instance.address, device))),
      ...ofType(resources, "aws_ebs_volume")
        .filter(({ values }) => values.encrypted !== true)
        .map(({ address }) => plain(address, "the volume")),
      ...ofType(resources, "aws_db_instance", "aws_rds_cluster")
        .filter(({ values }) => values.storage_encrypted !== true)
        .map(({ address }) => plain(address, "its storage")),
    ];
  },
};

function openDevices({ values }: StateResource): readonly string[] {
  const roots = blocksOf(values.root_block_device);
  // What the configuration does not tell of is as the image has it: Ubuntu's is not encrypted.
  const root = roots.length > 0 && roots.every(({ encrypted }) => encrypted === true) ? [] : ["the root volume"];
  const others = blocksOf(values.ebs_block_device).filter(({ encrypted }) => encrypted !== true);
  return [...root, ...others.map(({ device_name }) => `the volume ${String(device_name)}`)];
}
