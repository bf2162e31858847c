import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { buildOf, type Plan } from "@groundplan/model";
import { missingProgram, type Outcome, tryProgram } from "@groundplan/testing";
import { ansibleOf } from "../aws/hosts-plans.js";
import { PLANS } from "../golden.js";

const folder = mkdtempSync(join(tmpdir(), "groundplan-ansible-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const missing = missingProgram("ansible-playbook");
const ENV = { ANSIBLE_NOCOLOR: "1", NO_COLOR: "1" };

/** The outputs of Terraform for hosts of a plan, as documentation's addresses. */
function outputsOf(plan: Plan): Record<string, { value: unknown }> {
  const hosts = plan.hosts.map(({ name, subnet }, index) => [
    name,
    {
      public_ip: subnet === "public" ? `203.0.113.${index}` : null,
      private_ip: `10.0.0.${index}`,
      instance_id: `i-${index}`,
      subnet,
      data_volume_id: null,
    },
  ]);
  return { hosts: { value: Object.fromEntries(hosts) }, bastion: { value: plan.hosts[0]?.name } };
}

/** A folder with the files of a plan; `outputs`: what terraform-output.json holds, `null`: there is none. */
function written(name: string, plan: Plan, outputs: unknown = outputsOf(plan)): string {
  const { files } = ansibleOf(plan);
  for (const { path, text } of files) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const place = join(folder, name, "ansible");
  if (outputs !== null)
    writeFileSync(join(place, "terraform-output.json"), typeof outputs === "string" ? outputs : JSON.stringify(outputs));
  return place;
}

const inventory = (cwd: string, env = {}): Promise<Outcome> =>
  tryProgram("ansible-inventory", ["--list"], { cwd, env: { ...ENV, ...env } });

const playbooksOf = (plan: Plan): readonly string[] =>
  ansibleOf(plan).files.flatMap(({ path }) => /^ansible\/(site\.yml|playbooks\/.*)$/.exec(path)?.[1] ?? []);

for (const [name, plan] of Object.entries(PLANS)) {
  test(`ansible reads every playbook of the stack ${name}`, async (context) => {
    if (missing !== null) return context.skip(missing);
    const cwd = written(name, plan);
    // Several at once take the time of one.
    const { code, stdout, stderr } = await tryProgram("ansible-playbook", ["--syntax-check", ...playbooksOf(plan)], { cwd, env: ENV });
    assert.equal(code, 0, stdout + stderr);
    const listed = await tryProgram("ansible-playbook", ["--list-tasks", ...playbooksOf(plan)], { cwd, env: ENV });
    assert.equal(listed.code, 0, listed.stderr);
    assert.doesNotMatch(stderr + listed.stderr, /WARNING|ERROR/);
    for (const { name: component } of plan.components.filter(({ source }) => source.kind !== "service" || buildOf(source) !== null)) {
      assert.match(listed.stdout, new RegExp(`Deploy ${component}\\s`));
    }
  });
}

test("the inventory comes from Terraform's outputs, and ssh_config with it: private hosts by way of the bastion", async (context) => {
  if (missing !== null) return context.skip(missing);
  const cwd = written("inventory", PLANS.voting ?? assert.fail());
  const { code, stdout, stderr } = await inventory(cwd, { ANSIBLE_PRIVATE_KEY_FILE: "/keys/poll" });
  assert.equal(code, 0, stderr);
  const { _meta, private_subnet, bastion_host } = JSON.parse(stdout);
  assert.deepEqual(private_subnet.hosts, ["backend", "database"]);
  assert.deepEqual(bastion_host.hosts, ["frontend"]);
  assert.equal(_meta.hostvars.database.private_ip, "10.0.0.2");
  const asked = await tryProgram("ssh", ["-F", join(cwd, "ssh_config"), "-G", "database"]);
  const options = Object.fromEntries(asked.stdout.split("\n").map((line) => [line.split(" ")[0], line.split(" ").slice(1).join(" ")]));
  assert.deepEqual(
    [
      options.hostname,
      options.proxyjump,
      options.user,
      options.stricthostkeychecking,
      options.userknownhostsfile,
      options.identityfile,
      options.forwardagent,
    ],
    ["10.0.0.2", "frontend", "ubuntu", "accept-new", join(cwd, "known_hosts"), "/keys/poll", "no"],
  );
  assert.equal(
    (await tryProgram("ssh", ["-F", join(cwd, "ssh_config"), "-G", "frontend"])).stdout.match(/^hostname (.*)/m)?.[1],
    "203.0.113.0",
  );
  const before = readFileSync(join(cwd, "ssh_config"), "utf8");
  await inventory(cwd, { ANSIBLE_PRIVATE_KEY_FILE: "/keys/poll" });
  assert.equal(readFileSync(join(cwd, "ssh_config"), "utf8"), before);
});

const voting = PLANS.voting ?? assert.fail();
const good = outputsOf(voting);
const BAD: Readonly<Record<string, readonly [outputs: unknown, sentence: RegExp]>> = {
  "no JSON": ["{", /terraform-output\.json is not what 'terraform output -json' prints/],
  "bare values": [{ hosts: [] }, /is not what 'terraform output -json' prints/],
  "nothing applied yet": [{}, /has no outputs 'hosts' and 'bastion': run 'terraform apply' first/],
  "a host of the stack that is not there": [
    outputsOf({ ...voting, hosts: voting.hosts.slice(0, 2) }),
    /lacks the hosts database: run 'terraform apply'/,
  ],
  "a bastion without a public address": [{ ...good, bastion: { value: "backend" } }, /the bastion 'backend' is no host with a public_ip/],
  "two hosts and one address": [
    { ...good, hosts: { value: JSON.parse(JSON.stringify(good.hosts?.value).replace("10.0.0.2", "10.0.0.1")) } },
    /two hosts have one private_ip: 10\.0\.0\.0, 10\.0\.0\.1, 10\.0\.0\.1/,
  ],
};
for (const [what, [outputs, sentence]] of Object.entries(BAD)) {
  test(`outputs that cannot be used end every playbook with a sentence: ${what}`, async (context) => {
    if (missing !== null) return context.skip(missing);
    const cwd = written("bad", voting, outputs);
    const { code, stderr } = await tryProgram("ansible-playbook", ["playbooks/check-logs.yml", "--extra-vars", "reach_timeout_seconds=1"], {
      cwd,
      env: ENV,
    });
    assert.notEqual(code, 0);
    assert.match(stderr.replace(/\s+/g, " "), sentence);
  });
}

test("without terraform and without its outputs the inventory says which file to write", async (context) => {
  if (missing !== null) return context.skip(missing);
  const cwd = written("none", voting, null);
  const { stdout } = await tryProgram("sh", ["-c", "command -v ansible-inventory"]);
  // A PATH without any program.
  const { code, stderr } = await tryProgram(stdout.trim(), ["--list"], { cwd, env: { ...ENV, PATH: folder } });
  assert.notEqual(code, 0);
  assert.match(stderr.replace(/\s+/g, " "), /there is neither \S+terraform-output\.json nor a program terraform or tofu/);
});
