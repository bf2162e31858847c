import { textOf } from "../values/value.js";
import { type Rule, refused } from "./rule.js";

const IAM_ERRORS = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html#API_CreateRole_Errors";
const S3_NAMES = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html";

/** Names that may be there once in an account. */
export const NAME_RULES: readonly Rule[] = [
  unique("EntityAlreadyExists", "aws_iam_role", "name", (name) => `Role with name ${name} already exists.`, IAM_ERRORS),
  unique("EntityAlreadyExists", "aws_iam_policy", "name", (name) => `A policy called ${name} already exists.`, IAM_ERRORS),
  unique("EntityAlreadyExists", "aws_iam_instance_profile", "name", (name) => `Instance Profile ${name} already exists.`, IAM_ERRORS),
  unique(
    "InvalidKeyPair.Duplicate",
    "aws_key_pair",
    "key_name",
    (name) => `The keypair '${name}' already exists.`,
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
  ),
  unique(
    "BucketAlreadyOwnedByYou",
    "aws_s3_bucket",
    "bucket",
    (name) => `Your previous request to create the named bucket succeeded and you already own it: ${name}`,
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html",
  ),
  unique(
    "ResourceAlreadyExistsException",
    "aws_cloudwatch_log_group",
    "name",
    (name) => `The specified log group already exists: ${name}`,
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
  ),
  {
    code: "InvalidBucketName",
    types: ["aws_s3_bucket"],
    at: "values",
    source: S3_NAMES,
    refuses({ values }) {
      const name = textOf(values.bucket);
      if (name === null || (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^xn--|-s3alias$|^\d+\.\d+\.\d+\.\d+$/.test(name)))
        return null;
      return refused(`The specified bucket is not valid: "${name}" (3 to 63 lowercase letters, digits, dots and hyphens)`, "bucket");
    },
  },
  {
    code: "InvalidKey.Format",
    types: ["aws_key_pair"],
    at: "values",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
    refuses({ values }) {
      const key = textOf(values.public_key);
      return key === null || /^(ssh-rsa|ssh-ed25519) [A-Za-z0-9+/]{60,}={0,3}(\s|$)/.test(key)
        ? null
        : refused("Key is not in valid OpenSSH public key format", "public_key");
    },
  },
  {
    code: "MalformedPolicyDocument",
    types: ["aws_iam_role", "aws_iam_role_policy", "aws_iam_policy", "aws_s3_bucket_policy", "aws_sns_topic_policy"],
    at: "values",
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html#API_PutRolePolicy_Errors",
    refuses({ values }) {
      const attribute = "assume_role_policy" in values ? "assume_role_policy" : "policy";
      const text = textOf(values[attribute]);
      return text === null || isPolicy(text) ? null : refused("This policy contains invalid Json, or no Statement", attribute);
    },
  },
];

function unique(code: string, type: string, attribute: string, message: (name: string) => string, source: string): Rule {
  return {
    code,
    types: [type],
    at: "cloud",
    source,
    refuses({ cloud, values, id }) {
      const name = textOf(values[attribute]);
      const other = cloud.all(type).find((each) => each.values[attribute] === name);
      return name === null || other === undefined || other.id === id ? null : refused(message(name), attribute);
    },
  };
}

function isPolicy(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && "Statement" in parsed;
  } catch {
    return false;
  }
}
