import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { tryProgram } from "@groundplan/testing";
import { shipped } from "../../src/aws/ansible/group-vars.js";
import { SHIPPED } from "../../src/aws/ansible/shipped-files.generated.js";
import { ansibleOf } from "./hosts-plans.js";
import { AWS_PLANS } from "./terraform-plans.js";

test("the module that targets read is what the files in shipped/ say", async () => {
  const script = fileURLToPath(new URL("../../scripts/embed-files.mjs", import.meta.url));
  const { code, stderr } = await tryProgram(process.execPath, [script, "--check"]);
  assert.equal(code, 0, stderr);
  assert.ok(Object.keys(SHIPPED).length > 25);
});

test("a placeholder that is a whole value is a YAML scalar, in other places it is the name", () => {
  const values = { NAME: "on", HOST: "yes", TAG: "no", AFTER: "" };
  const text = shipped("plays/deploy-component.yml", values);
  assert.match(text, /^# Runs on on yes, and ends when it is healthy\.$/m);
  assert.match(text, /^- name: Deploy on$/m);
  for (const line of ['  hosts: "yes"', '  tags: [deploy, "no"]', '    component: "on"']) assert.ok(text.split("\n").includes(line), text);
});

test("a placeholder without a value, and a value without a placeholder, are bugs that are named", () => {
  assert.throws(
    () => shipped("plays/roll-back-component.yml", { NAME: "web" }),
    /has a placeholder __HOST__, and nothing was given for it/,
  );
  assert.throws(() => shipped("tasks/reach-host.yml", { NAME: "web" }), /has no placeholder for NAME/);
});

test("every shipped file is part of what some stack gets, and no placeholder is left in it", () => {
  const written = Object.values(AWS_PLANS).flatMap((plan) => ansibleOf(plan).files);
  for (const { path, text } of written) assert.doesNotMatch(text, /__[A-Z][A-Z_]*__/, path);
  for (const [path, text] of Object.entries(SHIPPED)) {
    const isWhole = written.some((file) => file.path === `ansible/${path}`);
    const [longest = ""] = text.split(/__[A-Z_]+__/).sort((a, b) => b.length - a.length);
    assert.ok(isWhole || written.some((file) => file.text.includes(longest.replace(/^---\n/, ""))), path);
  }
});
