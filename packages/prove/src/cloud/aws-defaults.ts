import type { Value } from "../values/value.js";

const INSTANCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html";
const METADATA = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceMetadataOptionsRequest.html";
const VOLUME = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html";

interface AwsDefault {
  readonly value: Value;
  readonly source: string;
}

/** What AWS gives to an attribute that the configuration may set and did not, where it matters to a check or to a reader. */
const DEFAULTS: Readonly<Record<string, AwsDefault>> = {
  "aws_instance.instance_state": { value: "running", source: INSTANCE },
  "aws_instance.instance_initiated_shutdown_behavior": { value: "stop", source: INSTANCE },
  "aws_instance.tenancy": { value: "default", source: INSTANCE },
  // Of an AMI and account that say nothing of it: both versions answer.
  "aws_instance.metadata_options.http_tokens": { value: "optional", source: METADATA },
  "aws_instance.metadata_options.http_put_response_hop_limit": { value: 1, source: METADATA },
  "aws_instance.metadata_options.instance_metadata_tags": { value: "disabled", source: METADATA },
  "aws_instance.root_block_device.device_name": { value: "/dev/sda1", source: INSTANCE },
  "aws_instance.root_block_device.volume_size": { value: 8, source: INSTANCE },
  "aws_instance.root_block_device.volume_type": { value: "gp3", source: INSTANCE },
  "aws_instance.root_block_device.iops": { value: 3000, source: VOLUME },
  "aws_instance.root_block_device.throughput": { value: 125, source: VOLUME },
  "aws_ebs_volume.type": { value: "gp2", source: VOLUME },
  "aws_ebs_volume.iops": { value: 3000, source: VOLUME },
  "aws_ebs_volume.throughput": { value: 125, source: VOLUME },
  "aws_eip.domain": { value: "vpc", source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html" },
  "aws_vpc.instance_tenancy": { value: "default", source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html" },
  "aws_ssm_parameter.version": {
    value: 1,
    source: "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html",
  },
};

/** @param path Of the attribute inside the resource, for example metadata_options.http_tokens */
export function awsDefault(type: string, path: string): Value | undefined {
  return DEFAULTS[`${type}.${path}`]?.value;
}
