import assert from "node:assert/strict";
import { test } from "node:test";
import { build, type NetworkRule } from "@groundplan/model";
import { describe } from "../../src/aws/terraform/describe.js";
import { labelledRules } from "../../src/aws/terraform/labels.js";
import { planned } from "../rendered.js";
import { AWS_PLANS, planCalled } from "./terraform-plans.js";
import { asLabel, entriesOf, resource, resourcesOf, valuesOf } from "./terraform-reader.js";

const plans = Object.entries(AWS_PLANS);
const voting = planCalled("voting");

test("every rule of the plan is one resource with its purpose as description, and there are no others", () => {
  for (const [name, plan] of plans) {
    const found = (["ingress", "egress"] as const).flatMap((direction) =>
      resourcesOf(plan, `aws_vpc_security_group_${direction}_rule`).map((entry) => ruleOf(direction, valuesOf(entry))),
    );
    const expected = plan.rules.map(({ purpose, group, ...rule }) => ({
      ...rule,
      group: asLabel(group),
      purpose,
      source: sourceOf(rule.source),
    }));
    assert.deepEqual(sorted(found), sorted(expected), name);
    assert.ok(found.length >= 3, name);
  }
});

function ruleOf(direction: string, values: Readonly<Record<string, unknown>>) {
  assert.equal(values.from_port, values.to_port);
  return {
    direction,
    port: values.from_port,
    protocol: values.ip_protocol,
    group: groupOf(values.security_group_id),
    purpose: values.description,
    source: values.referenced_security_group_id === undefined ? values.cidr_ipv4 : groupOf(values.referenced_security_group_id),
  };
}

const groupOf = (id: unknown): string => /^aws_security_group\.(\w+)\.id$/.exec(String(id))?.[1] ?? assert.fail(String(id));
const sorted = (rules: readonly object[]): readonly string[] => rules.map((rule) => JSON.stringify(Object.entries(rule).sort())).sort();

function sourceOf(source: NetworkRule["source"]): string {
  if ("group" in source) return asLabel(source.group);
  return source.cidr === "operator_cidr" ? "var.operator_cidr" : source.cidr;
}

test("rules have names that say what they let through, and keep them when others come", () => {
  const labels = labelledRules(voting.rules).map(({ label }) => label);
  for (const label of ["frontend_ingress_22_from_operator", "frontend_ingress_80_from_internet", "backend_egress_5432_to_database"]) {
    assert.ok(labels.includes(label), label);
  }
  const fewer = labelledRules(voting.rules.filter(({ port }) => port !== 9100)).map(({ label }) => label);
  assert.deepEqual(
    fewer,
    labels.filter((label) => !label.includes("_9100_")),
  );
});

test("two rules never have one name, whatever the hosts are called", () => {
  const rule = (group: string, source: NetworkRule["source"]): NetworkRule => ({
    group,
    direction: "ingress",
    port: 80,
    protocol: "tcp",
    source,
    purpose: "test",
  });
  const rules = [
    rule("a", { cidr: "0.0.0.0/0" }),
    rule("a", { group: "internet" }),
    rule("a", { cidr: "operator_cidr" }),
    rule("a", { group: "operator" }),
    rule("a", { group: "b-ingress-80-from-c" }),
    rule("a-ingress-80-from-b", { group: "c" }),
  ];
  assert.equal(new Set(labelledRules(rules).map(({ label }) => label)).size, rules.length);
});

test("a description is cut to what AWS takes", () => {
  assert.equal(describe("a".repeat(255)).length, 255);
  assert.equal(describe("a".repeat(256)), `${"a".repeat(251)} ...`);
  assert.equal(describe("é? ok_1.2-3:/()#,@[]+=&;{}!$*"), "   ok_1.2-3:/()#,@[]+=&;{}!$*");
});

test("a security group is not called sg-..., which AWS keeps for its own ids", () => {
  const plan = planned("sg", (s) => {
    s.service("web", { image: build("./web"), port: 80, public: true });
    return ["web"];
  });
  assert.equal(valuesOf(resource(plan, "aws_security_group", "main")).name, "stack-sg-main");
  assert.equal(valuesOf(resource(voting, "aws_security_group", "frontend")).name, "voting-frontend");
});

test("the operator's address is nowhere but in its variable", () => {
  for (const rule of resourcesOf(voting, "aws_vpc_security_group_ingress_rule")) {
    const values = valuesOf(rule);
    if (values.from_port === 22 && values.referenced_security_group_id === undefined) assert.equal(values.cidr_ipv4, "var.operator_cidr");
  }
  const places = entriesOf(voting).filter((entry) => JSON.stringify(entry.body).includes("var.operator_cidr"));
  assert.deepEqual(
    places.map(({ label }) => label),
    ["operator_cidr", "frontend_ingress_22_from_operator"],
  );
});
