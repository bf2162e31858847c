import assert from "node:assert/strict";
import { test } from "node:test";
import { hostsPlanOf } from "../../src/aws/hosts-plan.js";
import { assertGolden } from "../golden.js";
import { rendered, textOf } from "../rendered.js";
import { terraformOf } from "./hosts-plans.js";
import { AWS_PLANS, planCalled } from "./terraform-plans.js";
import { blocksIn, blockValues, entriesOf, valuesOf } from "./terraform-reader.js";

const plans = Object.entries(AWS_PLANS);
const voting = planCalled("voting");

for (const [name, plan] of plans) {
  test(`the Terraform files of the ${name} stack`, () => {
    const files = [...terraformOf(plan), { path: "README.md", text: textOf("aws", plan, "README.md") }];
    for (const { path, text } of files) assertGolden(`aws/${name}/${path}`, text);
  });
}

test("the same plan gives the same bytes", () => {
  for (const [name, plan] of plans) assert.deepEqual(rendered("aws", plan), rendered("aws", JSON.parse(JSON.stringify(plan))), name);
});

test("no name is given twice in one root module", () => {
  for (const [name, plan] of plans) {
    for (const bootstrap of [false, true]) {
      const names = entriesOf(plan, bootstrap).map(({ kind, type, label }) => `${kind} ${type} ${label}`);
      assert.deepEqual(names, [...new Set(names)], name);
    }
  }
});

test("exactly the operator's range and key must be given", () => {
  for (const [name, plan] of plans) {
    const variables = entriesOf(plan).filter(({ kind }) => kind === "variable");
    const required = variables.filter((variable) => !("default" in valuesOf(variable))).map(({ label }) => label);
    assert.deepEqual(required, ["operator_cidr", "ssh_public_key"], name);
    for (const variable of variables) assert.ok(valuesOf(variable).description, variable.label);
  }
});

test("outputs tell the inventory each host, with null for what it does not have", () => {
  const outputs = entriesOf(voting).filter(({ kind }) => kind === "output");
  const value = (name: string) => valuesOf(outputs.find(({ label }) => label === name) ?? assert.fail(name)).value;
  assert.deepEqual(value("hosts"), {
    frontend: {
      public_ip: "aws_eip.frontend.public_ip",
      private_ip: "aws_instance.frontend.private_ip",
      instance_id: "aws_instance.frontend.id",
      subnet: "public",
      data_volume_id: null,
    },
    backend: {
      public_ip: null,
      private_ip: "aws_instance.backend.private_ip",
      instance_id: "aws_instance.backend.id",
      subnet: "private",
      data_volume_id: "aws_ebs_volume.backend_data.id",
    },
    database: {
      public_ip: null,
      private_ip: "aws_instance.database.private_ip",
      instance_id: "aws_instance.database.id",
      subnet: "private",
      data_volume_id: "aws_ebs_volume.database_data.id",
    },
  });
  assert.equal(value("bastion"), "frontend");
  assert.deepEqual(value("public_urls"), {
    vote: `"http://\${aws_eip.frontend.public_ip}"`,
    result: `"http://\${aws_eip.frontend.public_ip}:5001"`,
  });
  for (const output of outputs) assert.ok(valuesOf(output).description, output.label);
});

test("the bucket for the state is encrypted, versioned, closed, locked, and kept", () => {
  const all = entriesOf(voting, true);
  const of = (type: string) => all.find((entry) => entry.type === type) ?? assert.fail(type);
  assert.equal(blockValues(of("aws_s3_bucket"), "lifecycle").prevent_destroy, true);
  assert.equal(blockValues(of("aws_s3_bucket_versioning"), "versioning_configuration").status, "Enabled");
  const [rule] = blocksIn(of("aws_s3_bucket_server_side_encryption_configuration").body);
  assert.equal(blockValues(rule ?? assert.fail(), "apply_server_side_encryption_by_default").sse_algorithm, "AES256");
  const { bucket, ...closed } = valuesOf(of("aws_s3_bucket_public_access_block"));
  assert.deepEqual([bucket, ...Object.values(closed)], ["aws_s3_bucket.state.id", true, true, true, true]);
  assert.match(String(valuesOf(of("aws_s3_bucket_policy")).policy), /"Deny"[\s\S]*"s3:\*"[\s\S]*"aws:SecureTransport" = "false"/);
  assert.match(String(valuesOf(all.find(({ label }) => label === "backend") ?? assert.fail()).value), /use_lockfile = true/);
});

test("the variables of the plan for the hosts are those that variables.tf declares, with and without a default", () => {
  for (const [name, plan] of plans) {
    const blocks = [...textOf("aws", plan, "terraform/variables.tf").matchAll(/^variable "([^"]+)" \{\n([\s\S]*?)^\}/gm)];
    assert.deepEqual(
      hostsPlanOf(plan).variables.map((variable) => [variable.name, variable.required]),
      blocks.map(([, declared, body = ""]) => [declared, !/^ {2}default\s*=/m.test(body)]),
      name,
    );
  }
});
