import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "@groundplan/model";
import { hostsPlanOf } from "../../src/aws/hosts-plan.js";
import { countAlarms } from "../../src/aws/terraform/monitoring.js";
import { textOf } from "../rendered.js";
import { planCalled } from "./terraform-plans.js";
import { resourcesOf, valuesOf } from "./terraform-reader.js";

const voting = planCalled("voting");

test("only the host with Alertmanager may publish alarms, and only to this stack's topic", () => {
  const profiles = resourcesOf(voting, "aws_instance").map((entry) => valuesOf(entry).iam_instance_profile);
  const host = "aws_iam_instance_profile.host.name";
  assert.deepEqual(profiles, ["aws_iam_instance_profile.monitoring.name", host, host]);
  const [policy, ...others] = resourcesOf(voting, "aws_iam_role_policy");
  assert.deepEqual(others, []);
  const { role, policy: text } = valuesOf(policy ?? assert.fail());
  assert.equal(role, "aws_iam_role.monitoring.id");
  assert.match(String(text), /Action {3}= "sns:Publish"\n\s+Resource = aws_sns_topic\.alarms\.arn/);
  assert.deepEqual(resourcesOf(planCalled("minimal"), "aws_iam_role_policy"), []);
});

test("without s.monitoring there is nothing of CloudWatch but the hosts' permission to use it", () => {
  assert.deepEqual(resourcesOf(planCalled("minimal"), "aws_cloudwatch_metric_alarm"), []);
  assert.deepEqual(resourcesOf(planCalled("minimal"), "aws_cloudwatch_log_group"), []);
  assert.deepEqual(resourcesOf(planCalled("minimal"), "aws_sns_topic"), []);
});

test("each host has alarms on status, CPU, memory and disks, with the limits that were asked for", () => {
  const limits = alarmsOf(voting).map(({ label, values }) => [label, values.threshold, values.period, values.evaluation_periods]);
  assert.deepEqual(limits, [
    ["status", 1, 60, 2],
    ["cpu", 80, 300, 2],
    ["memory", 85, 300, 2],
    ["disk", 85, 300, 1],
    ["queue_age", 60, undefined, 5],
    ["stalled", 1, undefined, 2],
  ]);
});

test("missing figures alarm where silence means trouble, and only once for one cause", () => {
  const missing = Object.fromEntries(alarmsOf(voting).map(({ label, values }) => [label, values.treat_missing_data]));
  assert.deepEqual(missing, {
    status: "breaching",
    cpu: "missing",
    memory: "breaching",
    disk: "missing",
    queue_age: "missing",
    stalled: "breaching",
  });
});

test("alarms go to the topic, and so does their end; with nobody to tell there is no topic", () => {
  for (const { label, values } of alarmsOf(voting)) {
    assert.deepEqual([values.alarm_actions, values.ok_actions], [["aws_sns_topic.alarms.arn"], ["aws_sns_topic.alarms.arn"]], label);
  }
  const silent = planCalled("two-zones");
  assert.deepEqual(resourcesOf(silent, "aws_sns_topic"), []);
  for (const { values } of alarmsOf(silent)) assert.equal(values.alarm_actions, undefined);
  assert.ok(alarmsOf(silent).length > 0);
});

test("no memory or disk is watched on a host that cannot send, and no flow that it would tell of", () => {
  const text = monitoringText(planCalled("two-zones"));
  assert.match(text, /reporting_hosts = toset\(\["edge-one", "edge-two"\]\)/);
  assert.match(text, /instances = \{\n {4}"edge-one" +=/);
  assert.doesNotMatch(text, /host = "inner/);
});

test("disks are watched where data lies as well as where the system lies", () => {
  const disks = [...monitoringText(voting).matchAll(/host = "(\w+)"\n\s+path = "([^"]+)"/g)].map(([, host, path]) => `${host} ${path}`);
  assert.deepEqual(disks, ["frontend /", "backend /", "backend /data", "database /", "database /data"]);
});

test("the alarms that the README counts are those that Terraform makes", () => {
  // For each of 3 hosts status, CPU and memory; 5 disks; 2 of the flow.
  assert.equal(countAlarms(hostsPlanOf(voting)), 3 * 3 + 5 + 2);
  assert.equal(countAlarms(hostsPlanOf(planCalled("two-zones"))), 4 * 2 + 2 + 2);
  assert.equal(countAlarms(hostsPlanOf(planCalled("minimal"))), 0);
});

test("a stack that names no lag has no alarm on its flow", () => {
  const { pipeline } = voting;
  assert.ok(pipeline);
  const labels = alarmsOf({ ...voting, pipeline: { ...pipeline, lag: null } }).map(({ label }) => label);
  assert.deepEqual(labels, ["status", "cpu", "memory", "disk"]);
});

test("the log groups have fixed names and end after a while", () => {
  const groups = resourcesOf(voting, "aws_cloudwatch_log_group").map((entry) => valuesOf(entry));
  assert.deepEqual(groups, [
    { name: "/groundplan/voting/system", retention_in_days: "var.log_retention_days" },
    { name: "/groundplan/voting/containers", retention_in_days: "var.log_retention_days" },
    { name: "/groundplan/voting/metrics", retention_in_days: "var.log_retention_days" },
  ]);
});

const alarmsOf = (plan: Plan) =>
  resourcesOf(plan, "aws_cloudwatch_metric_alarm").map((entry) => ({ label: entry.label, values: valuesOf(entry) }));

const monitoringText = (plan: Plan): string => textOf("aws", plan, "terraform/monitoring.tf");
