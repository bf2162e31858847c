import assert from "node:assert/strict";
import { test } from "node:test";
import { explainTerraform } from "../../src/aws/terraform-failures.js";

/** What Terraform, its AWS provider and AWS say, and what it is told as. The locked state and the registry's are Terraform 1.11.4's own. */
const TEXTS: readonly (readonly [text: string, told: RegExp])[] = [
  [
    "Error acquiring the state lock\nError message: resource temporarily unavailable\nLock Info:\n  ID:        e34f9c5c-0a2b\n  Path:      terraform.tfstate\n  Operation: OperationTypePlan\n  Who:       ann@laptop\n  Version:   1.11.4\n",
    /^the state is locked by ann@laptop: .*force-unlock e34f9c5c-0a2b in/,
  ],
  ["Error acquiring the state lock", /^the state is locked: another run/],
  ["No valid credential sources found\n\nPlease see https://registry.terraform.io/providers/hashicorp/aws", /can't find AWS credentials/],
  ["configuring provider: no EC2 IMDS role found, operation error ec2imds: GetMetadata", /can't find AWS credentials/],
  ["api error ExpiredToken: The security token included in the request is expired", /have expired/],
  ["api error InvalidClientTokenId: The security token included in the request is invalid.", /doesn't accept .*\(InvalidClientTokenId\)/],
  ["api error AuthFailure: AWS was not able to validate the provided access credentials", /doesn't accept .*\(AuthFailure\)/],
  ["api error SignatureDoesNotMatch: Signature expired: 20261122T000000Z is now earlier than", /its clock is wrong/],
  ["api error RequestTimeTooSkewed: The difference between", /its clock is wrong/],
  ["api error AccessDenied: User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on", /may not do iam:CreateRole/],
  ["api error UnauthorizedOperation: You are not authorized to perform this operation.", /may not do what is needed/],
  ["api error VcpuLimitExceeded: You have requested more vCPU capacity than", /quota is used up \(VcpuLimitExceeded\)/],
  ["api error AddressLimitExceeded: The maximum number of addresses has been reached.", /quota is used up \(AddressLimitExceeded\)/],
  ["api error InsufficientInstanceCapacity: We currently do not have sufficient t3.micro capacity", /no machine of this type free/],
  ["Your requested instance type (t3.micro) is not supported in your requested Availability Zone", /no machine of this type free/],
  ["api error OptInRequired: You are not subscribed to this service.", /isn't ready .*\(OptInRequired\)/],
  ["api error InvalidKeyPair.Duplicate: The keypair already exists", /already has something of this name.*\(InvalidKeyPair\.Duplicate\)/],
  [
    "api error EntityAlreadyExists: Role with name voting-host already exists.",
    /already has something of this name.*\(EntityAlreadyExists\)/,
  ],
  [
    "api error OperationNotPermitted: The instance 'i-1' may not be terminated. Modify its 'disableApiTermination' instance attribute",
    /protected against removal/,
  ],
  [
    "Instance cannot be destroyed\nResource aws_ebs_volume.db has lifecycle.prevent_destroy set, but the plan calls for",
    /aws_ebs_volume\.db is protected/,
  ],
  ["Saved plan is stale\nThe given plan file can no longer be applied", /the state has changed/],
  ['Backend initialization required, please run "terraform init"', /Terraform's state has a new place/],
  ["Backend configuration changed\n\nA change in the backend configuration has been detected", /Terraform's state has a new place/],
  [
    "Failed to query available provider packages\n\nCould not retrieve the list of available versions for provider hashicorp/aws: could not connect to registry.terraform.io",
    /can't download the AWS provider/,
  ],
  ['Post "https://ec2.eu-central-1.amazonaws.com/": dial tcp: lookup ec2.eu-central-1.amazonaws.com: no such host', /AWS can't be reached/],
];

test("what terraform and AWS say is told in a sentence, with what to do", () => {
  for (const [text, told] of TEXTS) {
    const problem = explainTerraform(text);
    assert.ok(problem !== null, text);
    assert.match(`${problem.message}: ${problem.fix}`, told, text);
    assert.ok(problem.fix.length > 10, text);
  }
});

test("a text that is not known is not guessed at", () => {
  assert.equal(explainTerraform('Error: Unsupported argument\n\nAn argument named "cidr" is not expected here.'), null);
});
