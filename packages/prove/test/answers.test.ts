import assert from "node:assert/strict";
import { test } from "node:test";
import { answerData } from "../src/answers/answer-data.js";
import { Cloud } from "../src/cloud/cloud.js";
import { awsSchema } from "../src/schema/aws-schema.js";
import type { Value, Values } from "../src/values/value.js";
import { addDefaultNetwork } from "../src/with-offline-aws.js";

function openCloud(): Cloud {
  const cloud = new Cloud();
  cloud.region = "eu-central-1";
  addDefaultNetwork(cloud);
  return cloud;
}

const filter = (name: string, ...values: readonly string[]): Values => ({ name, values });

test("every data source of the schema answers with exactly the attributes and blocks that it has", () => {
  const asked: Readonly<Record<string, Values>> = {
    aws_vpc: { default: true },
    aws_subnet: { availability_zone: "eu-central-1a" },
    aws_ssm_parameter: { name: "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id" },
  };
  for (const [type, { block }] of Object.entries(awsSchema().data_source_schemas)) {
    const answer = answerData(openCloud(), type, asked[type] ?? {});
    const names = [...Object.keys(block.attributes ?? {}), ...Object.keys(block.block_types ?? {})];
    assert.deepEqual(Object.keys(answer).sort(), names.sort(), type);
  }
});

test("a region has three zones, and an account a number", () => {
  assert.deepEqual(answerData(openCloud(), "aws_availability_zones", {}).names, ["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
  assert.match(String(answerData(openCloud(), "aws_caller_identity", {}).account_id), /^\d{12}$/);
  assert.equal(answerData(openCloud(), "aws_region", {}).region, "eu-central-1");
});

test("an image is found for any name, the same one every time, another in another region", () => {
  const ask = (cloud: Cloud, name: string) => answerData(cloud, "aws_ami", { owners: ["099720109477"], filter: [filter("name", name)] });
  const image = ask(openCloud(), "ubuntu-noble-24.04-amd64-server-*");
  assert.match(String(image.id), /^ami-[0-9a-f]{17}$/);
  assert.deepEqual(ask(openCloud(), "ubuntu-noble-24.04-amd64-server-*"), image);
  assert.notEqual(ask(new Cloud(), "ubuntu-noble-24.04-amd64-server-*").id, image.id);
  assert.deepEqual([image.architecture, image.owner_id], ["x86_64", "099720109477"]);
  assert.equal(ask(openCloud(), "ubuntu-noble-24.04-arm64-server-*").architecture, "arm64");
});

test("a network is found by its id, tag or filter, and refused when it is not one", () => {
  const cloud = openCloud();
  cloud.put("aws_vpc", "vpc-1", { id: "vpc-1", cidr_block: "10.0.0.0/16", tags_all: { Name: "shop" } });
  const idOf = (config: Values): Value | undefined => answerData(cloud, "aws_vpc", config).id;
  assert.equal(idOf({ id: "vpc-1" }), "vpc-1");
  assert.equal(idOf({ tags: { Name: "shop" } }), "vpc-1");
  assert.equal(idOf({ filter: [filter("tag:Name", "shop")] }), "vpc-1");
  assert.equal(idOf({ filter: [filter("cidr-block", "10.0.0.0/16")] }), "vpc-1");
  assert.equal(idOf({ default: true }), "vpc-00000000000000000");
  assert.throws(() => idOf({ tags: { Name: "other" } }), { code: "InvalidParameterValue", message: /^0 of aws_vpc match/ });
  assert.throws(() => idOf({}), { message: /^2 of aws_vpc match/ });
  const subnets = answerData(cloud, "aws_subnets", { filter: [filter("vpc-id", "vpc-00000000000000000")] }).ids;
  assert.ok(Array.isArray(subnets) && subnets.length === 3);
});

test("a parameter is one that was made here or one that AWS publishes", () => {
  const cloud = openCloud();
  cloud.put("aws_ssm_parameter", "/shop/mode", { type: "String", value: "open" });
  assert.equal(answerData(cloud, "aws_ssm_parameter", { name: "/shop/mode" }).value, "open");
  assert.match(String(answerData(cloud, "aws_ssm_parameter", { name: "/aws/service/ami" }).value), /^ami-/);
  assert.throws(() => answerData(cloud, "aws_ssm_parameter", { name: "/shop/other" }), { code: "ParameterNotFound" });
});

test("a zone that a data source was asked for can have records", () => {
  const cloud = openCloud();
  const zone = answerData(cloud, "aws_route53_zone", { name: "example.com." });
  assert.equal(zone.name, "example.com");
  assert.equal(cloud.find("aws_route53_zone", String(zone.zone_id))?.id, zone.zone_id);
  assert.equal(answerData(cloud, "aws_route53_zone", { name: "example.com" }).zone_id, zone.zone_id);
});
