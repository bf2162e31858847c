import assert from "node:assert/strict";
import { test } from "node:test";
import { ansiblePlaybook } from "../../src/aws/ansible.js";
import * as ssh from "../../src/aws/ssh.js";
import * as terraform from "../../src/aws/terraform.js";

const place = { program: "terraform", folder: "/out/terraform" };
const inFolder = { cwd: place.folder, patient: true };

test("terraform is asked without a person at its keyboard, and keeps the plan that it applies", () => {
  assert.deepEqual(terraform.terraformInit(place), { program: "terraform", args: ["init", "-input=false", "-no-color"], ...inFolder });
  assert.deepEqual(terraform.terraformPlan(place, { variables: ["operator_cidr=203.0.113.7/32", "ssh_public_key=ssh-ed25519 AAAA me"] }), {
    program: "terraform",
    args: [
      "plan",
      "-input=false",
      "-json",
      "-out=groundplan.tfplan",
      "-var",
      "operator_cidr=203.0.113.7/32",
      "-var",
      "ssh_public_key=ssh-ed25519 AAAA me",
    ],
    ...inFolder,
  });
  assert.deepEqual(terraform.terraformApply(place), {
    program: "terraform",
    args: ["apply", "-input=false", "-json", "groundplan.tfplan"],
    ...inFolder,
  });
  assert.deepEqual(terraform.terraformShow(place), { program: "terraform", args: ["show", "-json"], ...inFolder });
  assert.deepEqual(terraform.terraformOutput({ ...place, program: "tofu" }), { program: "tofu", args: ["output", "-json"], ...inFolder });
});

test("a plan may be of the end of all, or of some resources only", () => {
  assert.deepEqual(terraform.terraformPlan(place, { variables: ["a=b"], destroy: true }).args, [
    "plan",
    "-destroy",
    "-input=false",
    "-json",
    "-out=groundplan.tfplan",
    "-var",
    "a=b",
  ]);
  assert.deepEqual(terraform.terraformPlan(place, { variables: [], targets: ["aws_instance.db", "aws_instance.queue"] }).args, [
    "plan",
    "-input=false",
    "-json",
    "-out=groundplan.tfplan",
    "-target=aws_instance.db",
    "-target=aws_instance.queue",
  ]);
});

test("a playbook is run in its folder, on one host where that is wanted", () => {
  assert.deepEqual(ansiblePlaybook("/out/ansible", { playbook: "site.yml" }), {
    program: "ansible-playbook",
    args: ["site.yml"],
    cwd: "/out/ansible",
  });
  assert.deepEqual(ansiblePlaybook("/out/ansible", { playbook: "site.yml", limit: "backend", variables: ["image_tag=v2", "a=b"] }).args, [
    "site.yml",
    "--limit",
    "backend",
    "--extra-vars",
    "image_tag=v2",
    "--extra-vars",
    "a=b",
  ]);
});

test("hosts are reached with the deployment's own ssh_config, and nobody is asked for a passphrase on the way", () => {
  const sshThere = { program: "ssh", cwd: "/out/ansible" };
  assert.deepEqual(ssh.sshShell("/out/ansible", "backend"), { ...sshThere, args: ["-F", "ssh_config", "backend"] });
  assert.deepEqual(ssh.hostLogs("/out/ansible", "backend", "worker", { lines: 200, follow: true }), {
    ...sshThere,
    args: ["-F", "ssh_config", "-o", "BatchMode=yes", "backend", "sudo docker logs --tail 200 --follow worker"],
  });
  assert.equal(ssh.hostLogs("/a", "h", "worker", { lines: 5, follow: false }).args.at(-1), "sudo docker logs --tail 5 worker");
  assert.deepEqual(ssh.inspectHost("/out/ansible", "backend"), {
    ...sshThere,
    args: [
      "-F",
      "ssh_config",
      "-o",
      "BatchMode=yes",
      "backend",
      "sudo docker ps --all --quiet | xargs --no-run-if-empty sudo docker inspect --type container",
    ],
  });
  assert.deepEqual(ssh.ansibleInventory("/out/ansible"), { program: "ansible-inventory", args: ["--list"], cwd: "/out/ansible" });
});
