import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "@groundplan/model";
import { rendered, textOf } from "../rendered.js";
import { AWS_PLANS, planCalled } from "./terraform-plans.js";
import { asLabel, blockValues, entriesOf, resource, resourcesOf, valuesOf } from "./terraform-reader.js";

const plans = Object.entries(AWS_PLANS);
const voting = planCalled("voting");

test("private hosts have no public address; public ones have one that stays", () => {
  for (const [name, plan] of plans) {
    const privateHosts = plan.hosts.filter(({ subnet }) => subnet === "private").map((host) => asLabel(host.name));
    const publicHosts = plan.hosts.filter(({ subnet }) => subnet === "public").map((host) => asLabel(host.name));
    for (const host of privateHosts) assert.equal(valuesOf(resource(plan, "aws_instance", host)).associate_public_ip_address, false, host);
    // "false" beside an Elastic IP would replace the host at the next apply.
    for (const host of publicHosts)
      assert.equal("associate_public_ip_address" in valuesOf(resource(plan, "aws_instance", host)), false, host);
    assert.deepEqual(
      resourcesOf(plan, "aws_eip_association").map(({ label }) => label),
      publicHosts,
      name,
    );
    for (const subnet of resourcesOf(plan, "aws_subnet")) assert.equal(valuesOf(subnet).map_public_ip_on_launch, false);
  }
});

test("each host is in the subnet of its kind and zone", () => {
  const subnets = resourcesOf(planCalled("two-zones"), "aws_instance").map((entry) => [entry.label, valuesOf(entry).subnet_id]);
  assert.deepEqual(subnets, [
    ["edge_one", "aws_subnet.public.id"],
    ["edge_two", "aws_subnet.public_2.id"],
    ["inner_one", "aws_subnet.private.id"],
    ["inner_two", "aws_subnet.private_2.id"],
  ]);
  for (const [name, plan] of plans) {
    const ranges = new Map(resourcesOf(plan, "aws_subnet").map((entry) => [`aws_subnet.${entry.label}.id`, valuesOf(entry).cidr_block]));
    for (const host of plan.hosts) {
      assert.equal(ranges.get(String(valuesOf(resource(plan, "aws_instance", asLabel(host.name))).subnet_id)), host.cidr, name);
    }
  }
});

test("the metadata service wants a token, and answers nothing inside a container", () => {
  for (const [, plan] of plans) {
    for (const instance of resourcesOf(plan, "aws_instance")) {
      assert.deepEqual(blockValues(instance, "metadata_options"), {
        http_endpoint: "enabled",
        http_tokens: "required",
        http_put_response_hop_limit: 1,
      });
    }
  }
});

test("every disk is encrypted", () => {
  for (const [name, plan] of plans) {
    for (const instance of resourcesOf(plan, "aws_instance"))
      assert.equal(blockValues(instance, "root_block_device").encrypted, true, name);
    for (const volume of resourcesOf(plan, "aws_ebs_volume")) assert.equal(valuesOf(volume).encrypted, true, name);
  }
});

test("a host with a database has a data volume that outlives it, and is protected; others have neither", () => {
  for (const [, plan] of plans) {
    for (const host of plan.hosts) {
      const label = asLabel(host.name);
      const hasData = plan.components.some(({ kind, name }) => kind !== "service" && host.runs.includes(name));
      const instance = resource(plan, "aws_instance", label);
      assert.equal(valuesOf(instance).disable_api_termination, hasData ? "var.termination_protection" : undefined, label);
      assert.equal(valuesOf(instance).depends_on, hasData ? `[aws_ebs_volume.${label}_data]` : undefined, label);
      const volumes = resourcesOf(plan, "aws_ebs_volume").filter((volume) => volume.label === `${label}_data`);
      assert.equal(volumes.length, hasData ? 1 : 0, label);
      if (!hasData) continue;
      const values = valuesOf(volumes[0] ?? assert.fail());
      assert.equal(values.final_snapshot, true);
      // The zone of a host that is being replaced is not known, and a volume of unknown zone would be replaced too.
      assert.match(String(values.availability_zone), /^aws_subnet\./);
      assert.equal(valuesOf(resource(plan, "aws_volume_attachment", `${label}_data`)).skip_destroy, true);
    }
  }
});

test("a newer image replaces no host", () => {
  for (const instance of resourcesOf(voting, "aws_instance")) assert.equal(blockValues(instance, "lifecycle").ignore_changes, "[ami]");
});

test("with a domain each public service has a name that leads to its own host, and https", () => {
  const plan = planCalled("two-zones");
  const records = resourcesOf(plan, "aws_route53_record").map((entry) => valuesOf(entry));
  assert.deepEqual(
    records.map(({ name, records: addresses }) => [name, addresses]),
    [
      ["vote.poll.example.com", ["aws_eip.edge_one.public_ip"]],
      ["result.poll.example.com", ["aws_eip.edge_two.public_ip"]],
    ],
  );
  assert.match(textOf("aws", plan, "terraform/outputs.tf"), /vote {3}= "https:\/\/vote\.poll\.example\.com"/);
  assert.deepEqual(resourcesOf(voting, "aws_route53_record"), []);
});

test("a NAT gateway stands in each zone with private hosts, and nowhere else", () => {
  const gateways = (plan: Plan) => resourcesOf(plan, "aws_nat_gateway").map((entry) => valuesOf(entry).subnet_id);
  assert.deepEqual(gateways(voting), ["aws_subnet.public.id"]);
  assert.deepEqual(gateways(planCalled("two-zones")), ["aws_subnet.public.id", "aws_subnet.public_2.id"]);
  assert.deepEqual(gateways(planCalled("single-host")), []);
  // The second zone has no private host here.
  const oneInner = { ...planCalled("two-zones"), hosts: planCalled("two-zones").hosts.filter(({ name }) => name !== "inner-two") };
  assert.deepEqual(gateways(oneInner), ["aws_subnet.public.id"]);
  const natVariable = (plan: Plan) => entriesOf(plan).filter(({ kind, label }) => kind === "variable" && label === "nat_gateway");
  assert.deepEqual(
    [voting, planCalled("two-zones")].map((plan) => valuesOf(natVariable(plan)[0] ?? assert.fail()).default),
    [true, false],
  );
  assert.deepEqual(natVariable(planCalled("single-host")), []);
});

test("without a NAT gateway the user is told what does not work", () => {
  assert.match(
    rendered("aws", planCalled("two-zones")).notes.join("\n"),
    /nat is false, so inner-one, inner-two cannot reach the internet.*nat_gateway=true/,
  );
  assert.doesNotMatch(rendered("aws", voting).notes.join("\n"), /nat/);
});

test("a host whose containers may take all of its memory is named, those of monitoring counted, with a type that would do", () => {
  const notes = (plan: Plan) => rendered("aws", plan).notes.filter((note) => note.includes("MiB together"));
  const told = (host: string, wantedMb: number) =>
    `what runs on host ${host} may take ${wantedMb} MiB together, and a t3.micro has 1024 for them and the system: ` +
    `s.aws({ instanceTypes: { "${host}": "t3.small" } }), or less memoryMb`;
  assert.deepEqual(notes(voting), [told("frontend", 1472), told("database", 1152)]);
  assert.deepEqual(notes({ ...voting, monitoring: null, scrapes: [] }), [told("database", 1024)]);
  const typed = (types: object): Plan => ({ ...voting, aws: { ...voting.aws, instanceTypes: { ...voting.aws.instanceTypes, ...types } } });
  assert.deepEqual(notes(typed({ frontend: "t3.small", database: "t3.small" })), []);
  // What an unknown type has is not guessed.
  assert.deepEqual(notes(typed({ frontend: "m7i.large", database: "m7i.large" })), []);
});
