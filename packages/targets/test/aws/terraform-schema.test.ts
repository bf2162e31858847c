import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "@groundplan/model";
import { attribute, block } from "../../src/aws/terraform/hcl.js";
import { terraformOf } from "./hosts-plans.js";
import { AWS_PLANS } from "./terraform-plans.js";
import { type Entry, entriesOf } from "./terraform-reader.js";
import { schemaProblems } from "./terraform-schema.js";

for (const [name, plan] of Object.entries(AWS_PLANS)) {
  test(`the resources of the ${name} stack are as the AWS provider's schema has them`, () => {
    const entries = [...entriesOf(plan), ...entriesOf(plan, true)].filter(({ kind }) => kind === "resource" || kind === "data");
    assert.deepEqual(entries.flatMap(schemaProblems), []);
    assert.ok(entries.length > 10);
  });

  test(`whatever the files of the ${name} stack refer to is there`, () => {
    for (const bootstrap of [false, true]) assert.deepEqual(danglingIn(plan, bootstrap), []);
  });
}

test("the schema refuses misspelt, computed, missing and misplaced things", () => {
  const entry = (type: string, ...body: Entry["body"]): Entry => ({ kind: "resource", type, label: "x", body, file: "x.tf" });
  const problems = [
    entry("aws_instnace"),
    entry("aws_vpc", attribute("cidr", "10.0.0.0/16")),
    entry("aws_vpc", attribute("arn", "x")),
    entry("aws_subnet", attribute("cidr_block", "10.0.1.0/24")),
    entry("aws_instance", block("metadata", [])),
    entry("aws_instance", block("metadata_options", []), block("metadata_options", [], attribute("http_token", "required"))),
  ].flatMap(schemaProblems);
  assert.deepEqual(problems, [
    "resource aws_instnace.x: unknown type",
    "resource aws_vpc.x.cidr: no such attribute",
    "resource aws_vpc.x.arn cannot be set",
    "resource aws_subnet.x.vpc_id is missing",
    "resource aws_instance.x.metadata: no such block",
    "resource aws_instance.x.metadata_options.http_token: no such attribute",
    "resource aws_instance.x.metadata_options: 2 of them",
  ]);
});

/** References in the text of a root module to what it does not have. */
function danglingIn(plan: Plan, bootstrap: boolean): readonly string[] {
  const names = new Set(
    entriesOf(plan, bootstrap).map(({ kind, type, label }) =>
      kind === "resource" ? `${type}.${label}` : kind === "data" ? `data.${type}.${label}` : `var.${label}`,
    ),
  );
  const text = terraformOf(plan)
    .filter(({ path }) => path.endsWith(".tf") && path.includes("bootstrap/") === bootstrap)
    .map((file) => file.text.replace(/^\s*#.*$/gm, ""))
    .join("\n");
  const locals = [...text.matchAll(/^ {2}(\w+) += /gm)].map(([, name]) => `local.${name}`);
  const references = [...text.matchAll(/(?<![\w."/])(data\.aws_\w+\.\w+|aws_\w+\.\w+|var\.\w+|local\.\w+)/g)].map(([, name = ""]) => name);
  assert.ok(references.length > 5);
  return references.filter((name) => !names.has(name) && !locals.includes(name));
}
