import { blocksOf, textOf, textsOf } from "../values/value.js";
import { EC2_ERRORS, type Rule, refused } from "./rule.js";

export const INSTANCE_RULES: readonly Rule[] = [
  {
    code: "InvalidParameterValue",
    types: ["aws_instance", "aws_launch_template"],
    at: "values",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html",
    refuses({ values }) {
      const given = textOf(values.instance_type);
      return given === null || /^[a-z][a-z0-9-]*\d[a-z0-9-]*\.(nano|micro|small|medium|large|(\d+)?xlarge|metal(-\d+xl)?)$/.test(given)
        ? null
        : refused(`Invalid value '${given}' for InstanceType.`, "instance_type");
    },
  },
  {
    code: "InvalidAMIID.Malformed",
    types: ["aws_instance"],
    at: "values",
    source: EC2_ERRORS,
    refuses({ values }) {
      const ami = textOf(values.ami);
      return ami === null || /^(ami-([0-9a-f]{8}|[0-9a-f]{17})$|resolve:ssm:)/.test(ami) ? null : refused(`Invalid id: "${ami}"`, "ami");
    },
  },
  {
    code: "InvalidParameter",
    types: ["aws_instance"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values }) {
      const vpc = textOf(cloud.find("aws_subnet", textOf(values.subnet_id))?.values.vpc_id);
      const strange = textsOf(values.vpc_security_group_ids).find((group) => {
        const found = cloud.find("aws_security_group", group);
        return found !== null && vpc !== null && textOf(found.values.vpc_id) !== vpc;
      });
      if (strange === undefined) return null;
      return refused(
        `Security group ${strange} and subnet ${textOf(values.subnet_id)} belong to different networks.`,
        "vpc_security_group_ids",
      );
    },
  },
  {
    code: "InvalidVolume.ZoneMismatch",
    types: ["aws_volume_attachment"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values }) {
      const volume = textOf(cloud.find("aws_ebs_volume", textOf(values.volume_id))?.values.availability_zone);
      const instance = textOf(cloud.find("aws_instance", textOf(values.instance_id))?.values.availability_zone);
      if (volume === null || instance === null || volume === instance) return null;
      return refused(
        `The volume '${textOf(values.volume_id)}' is not in the same availability zone as instance '${textOf(values.instance_id)}': ${volume}, ${instance}`,
        "volume_id",
      );
    },
  },
  {
    code: "VolumeInUse",
    types: ["aws_volume_attachment"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values, id }) {
      const other = cloud.all("aws_volume_attachment").find((each) => each.id !== id && each.values.volume_id === values.volume_id);
      if (other === undefined) return null;
      return refused(`${textOf(values.volume_id)} is already attached to an instance: ${textOf(other.values.instance_id)}`, "volume_id");
    },
  },
  {
    code: "InvalidParameterValue",
    types: ["aws_volume_attachment"],
    at: "cloud",
    source: EC2_ERRORS,
    refuses({ cloud, values, id }) {
      const device = textOf(values.device_name);
      const instance = cloud.find("aws_instance", textOf(values.instance_id));
      const own = [...blocksOf(instance?.values.root_block_device), ...blocksOf(instance?.values.ebs_block_device)];
      const attached = cloud
        .all("aws_volume_attachment")
        .filter((each) => each.id !== id && each.values.instance_id === values.instance_id);
      const isTaken = own.some(({ device_name }) => device_name === device) || attached.some((each) => each.values.device_name === device);
      return device === null || !isTaken
        ? null
        : refused(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`, "device_name");
    },
  },
  {
    code: "OperationNotPermitted",
    types: ["aws_instance"],
    at: "delete",
    source: EC2_ERRORS,
    refuses({ values, id }) {
      if (values.disable_api_termination !== true || values.force_destroy === true) return null;
      return refused(`The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`);
    },
  },
];
