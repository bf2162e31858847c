import assert from "node:assert/strict";
import { test } from "node:test";
import { describeLoss } from "../../src/aws/deploy.js";
import { parseState } from "../../src/aws/terraform.js";

const resource = (address: string, values: object, mode = "managed") => ({ address, mode, type: address.split(".")[0], name: "x", values });

/** What `terraform show -json` prints, as far as it is read. */
const STATE = JSON.stringify({
  format_version: "1.0",
  values: {
    root_module: {
      resources: [
        resource("aws_instance.front", { disable_api_termination: false }),
        resource("aws_instance.back", { disable_api_termination: true }),
        resource("aws_ebs_volume.back_data", { final_snapshot: true }),
        resource("aws_ebs_volume.old_data", { final_snapshot: false }),
        resource("aws_ebs_volume.other", { final_snapshot: false }),
        resource("aws_eip.front", { public_ip: "203.0.113.9" }),
        resource("data.aws_ami.ubuntu", {}, "data"),
      ],
      child_modules: [{ resources: [resource("module.a.aws_vpc.main", {})] }],
    },
  },
});

test("a state is read without its data sources, its modules included", () => {
  assert.deepEqual(
    parseState(STATE).map(({ address }) => address),
    [
      "aws_instance.front",
      "aws_instance.back",
      "aws_ebs_volume.back_data",
      "aws_ebs_volume.old_data",
      "aws_ebs_volume.other",
      "aws_eip.front",
      "module.a.aws_vpc.main",
    ],
  );
  assert.deepEqual(parseState('{"format_version":"1.0"}'), []);
});

test("before a destroy it is said which machines, data and addresses go, of which data a snapshot stays, and what is protected", () => {
  const doomed = ["aws_instance.front", "aws_instance.back", "aws_ebs_volume.back_data", "aws_ebs_volume.old_data", "aws_eip.front"];
  const resources = [
    ...doomed.map((address) => ({ address, action: "delete" }) as const),
    { address: "aws_ebs_volume.other", action: "noop" } as const,
  ];
  assert.deepEqual(describeLoss({ count: { add: 0, change: 0, remove: 5 }, resources }, parseState(STATE)), [
    "5 resources will be removed and can't be brought back",
    "machines, with everything on their own disks: front, back",
    "DATA LOST, without a snapshot, on the volumes: old_data",
    "data volumes: back_data; a final snapshot of each is kept, and costs money until you delete it",
    "addresses that go back to AWS: 203.0.113.9",
    "protected against termination; the protection is lifted first: back",
  ]);
  assert.deepEqual(describeLoss({ count: { add: 0, change: 0, remove: 1 }, resources: [] }, []), [
    "1 resource will be removed and can't be brought back",
  ]);
});
