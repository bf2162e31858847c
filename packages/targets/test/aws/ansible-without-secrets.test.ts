import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@groundplan/model";
import { minimalStack } from "@groundplan/testing";
import { parse } from "yaml";
import { ansibleOf } from "./hosts-plans.js";

test("a stack without secrets has no secrets file, and no playbook looks for one", () => {
  const plan = planOf(minimalStack());
  assert.deepEqual(plan.secrets, []);
  const { files, secretFiles } = ansibleOf(plan);
  assert.deepEqual(secretFiles, []);
  const settings = parse(files.find(({ path }) => path === "ansible/group_vars/all/settings.yml")?.text ?? "");
  assert.deepEqual([settings.secret_names, settings.secrets], [[], {}]);
});
