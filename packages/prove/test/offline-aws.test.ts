import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCidr } from "../src/cloud/cidr.js";
import { Cloud } from "../src/cloud/cloud.js";
import { realValues } from "../src/cloud/real-values.js";
import { awsSchema } from "../src/schema/aws-schema.js";
import type { Attribute, Block } from "../src/schema/schema.js";
import { blocksOf, isUnknown, isValues, UNKNOWN, type Value, type Values } from "../src/values/value.js";
import { OfflineAws, withUnknowns } from "../src/with-offline-aws.js";

/** An AWS in which `make` plans and applies a resource, as Terraform does. */
function openAws(config: Values = {}) {
  const cloud = new Cloud();
  const aws = new OfflineAws(cloud);
  aws.configure(config);
  const change = (type: string, prior: Values | null, values: Values) => {
    const proposed = { ...nothing(type), ...prior, ...values };
    return aws.plan(type, { prior, proposed, config: values });
  };
  const make = (type: string, values: Values): Values => {
    const made = aws.apply(type, { prior: null, planned: change(type, null, values).planned });
    assert.ok(made !== null);
    return made;
  };
  return { cloud, aws, change, make };
}

/** A configuration that says nothing. */
function nothing(type: string): Values {
  const { attributes = {}, block_types = {} } = awsSchema().resource_schemas[type]?.block ?? {};
  const blocks = Object.entries(block_types).map(([name, { nesting_mode }]) => [name, nesting_mode === "single" ? null : []] as const);
  return Object.fromEntries([...Object.keys(attributes).map((name) => [name, null] as const), ...blocks]);
}

function text(value: Value | undefined): string {
  assert.equal(typeof value, "string");
  return String(value);
}

function openNetwork(subnet: Values = {}) {
  const aws = openAws({ region: "eu-central-1" });
  const vpc = aws.make("aws_vpc", { cidr_block: "10.0.0.0/16" });
  const made = aws.make("aws_subnet", { vpc_id: text(vpc.id), cidr_block: "10.0.1.0/24", availability_zone: "eu-central-1b", ...subnet });
  const host = { ami: "ami-0123456789abcdef0", instance_type: "t3.micro", subnet_id: text(made.id) };
  return { ...aws, vpc, subnet: made, host };
}

test("a plan leaves what AWS decides unknown, in blocks too, and keeps what is configured", () => {
  const { change } = openAws();
  const { planned } = change("aws_instance", null, {
    ami: "ami-0123456789abcdef0",
    root_block_device: [{ encrypted: true, volume_id: null, delete_on_termination: null }],
  });
  assert.equal(planned.ami, "ami-0123456789abcdef0");
  assert.equal(planned.user_data_replace_on_change, null);
  assert.deepEqual([planned.id, planned.private_ip, planned.arn], [UNKNOWN, UNKNOWN, UNKNOWN]);
  const [root] = blocksOf(planned.root_block_device);
  assert.deepEqual([root?.encrypted, root?.volume_id, root?.delete_on_termination], [true, UNKNOWN, null]);
});

test("all tags are known while planning: the provider's and the resource's, which win", () => {
  const { change } = openAws({ default_tags: [{ tags: { Stack: "a", Owner: "x" } }] });
  assert.deepEqual(change("aws_vpc", null, { tags: { Stack: "b" } }).planned.tags_all, { Stack: "b", Owner: "x" });
  assert.deepEqual(change("aws_vpc", null, {}).planned.tags_all, { Stack: "a", Owner: "x" });
  assert.equal(change("aws_vpc", null, { tags: { Name: UNKNOWN } }).planned.tags_all, UNKNOWN);
});

test("after an apply nothing is unknown, for every type of the schema", () => {
  const { cloud } = openAws();
  for (const [type, { block }] of Object.entries(awsSchema().resource_schemas)) {
    // Made without looking at the rules: what each type needs to be valid is not the point here.
    const values = realValues(cloud, type, withUnknowns(block, sample(block)), block);
    assert.deepEqual(unknownIn(values), [], type);
    assert.ok(typeof values.id === "string" && values.id !== "", `${type} has no id`);
  }
});

test("the same configuration gets the same ids and addresses in another run, and two alike get different ones", () => {
  const [one, other] = [openNetwork(), openNetwork()];
  const first = one.make("aws_instance", one.host);
  assert.deepEqual(other.make("aws_instance", other.host), first);
  const second = one.make("aws_instance", one.host);
  assert.notEqual(second.id, first.id);
  assert.notEqual(second.private_ip, first.private_ip);
  assert.match(text(first.id), /^i-0[0-9a-f]{16}$/);
});

test("an instance gets an address of its subnet, its zone, and a public address of a documentation range only when the subnet or it says so", () => {
  const closed = openNetwork();
  const hidden = closed.make("aws_instance", closed.host);
  const address = parseCidr(`${text(hidden.private_ip)}/32`);
  assert.match(text(hidden.private_ip), /^10\.0\.1\.\d+$/);
  assert.ok(address !== null && address.first % 256 >= 4 && address.first % 256 <= 254);
  assert.deepEqual([hidden.availability_zone, hidden.public_ip, hidden.associate_public_ip_address], ["eu-central-1b", "", false]);

  const open = openNetwork({ map_public_ip_on_launch: true });
  assert.match(text(open.make("aws_instance", open.host).public_ip), /^(203\.0\.113|198\.51\.100|192\.0\.2)\.\d+$/);
  assert.notEqual(closed.make("aws_instance", { ...closed.host, associate_public_ip_address: true }).public_ip, "");
});

test("a subnet gives each of its 251 addresses once", () => {
  const { make, host } = openNetwork();
  const addresses = Array.from({ length: 251 }, () => text(make("aws_instance", host).private_ip));
  assert.equal(new Set(addresses).size, 251);
  const lasts = addresses.map((address) => Number(address.split(".")[3]));
  assert.deepEqual([Math.min(...lasts), Math.max(...lasts)], [4, 254]);
  assert.equal(make("aws_instance", host).private_ip, "");
});

test("an address that is associated later is the instance's public one", () => {
  const { make, aws, host } = openNetwork();
  const instance = make("aws_instance", host);
  const address = make("aws_eip", { domain: "vpc" });
  make("aws_eip_association", { instance_id: text(instance.id), allocation_id: text(address.id) });
  const now = aws.read("aws_instance", instance);
  assert.deepEqual([now?.public_ip, now?.associate_public_ip_address], [address.public_ip, true]);
});

test("a second plan of what is there changes nothing; a change in place keeps the id; some attributes make a new resource", () => {
  const { change, aws, make, host } = openNetwork();
  const instance = make("aws_instance", host);
  assert.deepEqual(change("aws_instance", instance, host), { planned: instance, replace: [] });

  const larger = change("aws_instance", instance, { ...host, instance_type: "t3.small" });
  assert.deepEqual(larger.replace, []);
  assert.equal(aws.apply("aws_instance", { prior: instance, planned: larger.planned })?.id, instance.id);
  assert.equal(aws.read("aws_instance", instance)?.instance_type, "t3.small");

  assert.deepEqual(change("aws_instance", instance, { ...host, ami: "ami-0aaaaaaaaaaaaaaaa" }).replace, ["ami"]);
});

test("what is gone is not read, and deleting it again is no mistake", () => {
  const { aws, make, cloud } = openAws();
  const vpc = make("aws_vpc", { cidr_block: "10.0.0.0/16" });
  const before = cloud.all().length;
  assert.equal(aws.apply("aws_vpc", { prior: vpc, planned: null }), null);
  assert.equal(aws.read("aws_vpc", vpc), null);
  assert.equal(cloud.all().length, before - 4, "its default group, route table and network ACL go with it");
  assert.equal(aws.apply("aws_vpc", { prior: vpc, planned: null }), null);
});

test("an attachment that Terraform forgets stays until its instance is gone", () => {
  const { aws, make, cloud, host } = openNetwork();
  const instance = make("aws_instance", host);
  const volume = make("aws_ebs_volume", { availability_zone: "eu-central-1b", size: 1 });
  const attachment = make("aws_volume_attachment", {
    volume_id: text(volume.id),
    instance_id: text(instance.id),
    device_name: "/dev/sdf",
    skip_destroy: true,
  });
  aws.apply("aws_volume_attachment", { prior: attachment, planned: null });
  assert.throws(() => aws.apply("aws_ebs_volume", { prior: volume, planned: null }), { code: "VolumeInUse" });
  aws.apply("aws_instance", { prior: instance, planned: null });
  aws.apply("aws_ebs_volume", { prior: volume, planned: null });
  assert.deepEqual([cloud.all("aws_volume_attachment"), cloud.all("aws_ebs_volume")], [[], []]);
});

/** One of each block, and a text for each required attribute. */
function sample({ attributes = {}, block_types = {} }: Block): Values {
  const values = Object.entries(attributes).map(
    ([name, attribute]) => [name, attribute.required === true ? sampleOf(attribute) : null] as const,
  );
  const blocks = Object.entries(block_types).map(
    ([name, { block, nesting_mode }]) => [name, nesting_mode === "single" ? sample(block) : [sample(block)]] as const,
  );
  return Object.fromEntries([...values, ...blocks]);
}

function sampleOf({ type }: Attribute): Value {
  if (type === "string") return "x";
  if (type === "number") return 1;
  if (type === "bool") return true;
  return type[0] === "map" ? { x: "x" } : ["x"];
}

function unknownIn(value: Value, path = ""): readonly string[] {
  if (isUnknown(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((each, index) => unknownIn(each, `${path}[${index}]`));
  return isValues(value) ? Object.entries(value).flatMap(([name, each]) => unknownIn(each, `${path}.${name}`)) : [];
}
