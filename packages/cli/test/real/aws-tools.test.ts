import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { UserError } from "@groundplan/model";
import { programRunner } from "@groundplan/programs";
import { missingProgram, TERRAFORMS, until } from "@groundplan/testing";
import { runPlaybook } from "../../src/aws/ansible.js";
import { applyTerraform, initTerraform, planTerraform, removePlan } from "../../src/aws/terraform.js";
import { PRINTING } from "../../src/programs/with-programs.js";
import { fakeProgress } from "../docker/fake-runner.js";
import { folderWith } from "../helpers.js";

function has(program: string, context: TestContext): boolean {
  const missing = missingProgram(program);
  if (missing !== null) context.skip(missing);
  return missing === null;
}

/** A test for each program that users may have. */
function withTerraform(name: string, work: (context: TestContext, program: string) => Promise<void>): void {
  for (const { name: tool, path, missing } of TERRAFORMS) {
    test(`${name} (${tool})`, (context) => (path === null ? context.skip(missing) : work(context, path)));
  }
}

function awsIn(folder: string) {
  const shown: string[] = [];
  const stop = new AbortController();
  const progress = fakeProgress();
  const runner = programRunner({
    folder,
    env: PRINTING,
    stopSignal: "SIGINT",
    signal: stop.signal,
    onCommand: (text) => shown.push(text),
    graceMs: 200,
  });
  return { shown, stop, progress, aws: { runner, progress, signal: stop.signal } };
}

/**
 * Resources of a provider that is part of Terraform: nothing is downloaded, and nobody is asked. The second one fails with the exit code
 * `exit`; with 1 it never ends by itself.
 */
const CONFIGURATION = `variable "exit" {
  type    = number
  default = 0
}

variable "wanted" {
  type = string

  validation {
    condition     = length(var.wanted) > 2
    error_message = "Write more than two letters."
  }
}

resource "terraform_data" "first" {
  input = var.wanted
}

resource "terraform_data" "second" {
  input = terraform_data.first.output

  provisioner "local-exec" {
    command = "echo started > started; \${var.exit == 1 ? "exec sleep 600" : "exit \${var.exit}"}"
  }
}
`;

function terraformIn(context: TestContext, program: string) {
  const folder = folderWith({ "tf/main.tf": CONFIGURATION, "tf/cli.tfrc": "disable_checkpoint = true\n" });
  const before = process.env.TF_CLI_CONFIG_FILE;
  process.env.TF_CLI_CONFIG_FILE = join(folder, "tf/cli.tfrc");
  context.after(() => {
    if (before === undefined) delete process.env.TF_CLI_CONFIG_FILE;
    else process.env.TF_CLI_CONFIG_FILE = before;
  });
  const parts = awsIn(folder);
  const place = { program, folder: join(folder, "tf") };
  return { ...parts, folder: place.folder, run: { ...parts.aws, place, again: "groundplan aws deploy" } };
}

async function problemsOf(work: Promise<unknown>): Promise<UserError["problems"]> {
  const error = await work.then(
    () => null,
    (reason) => reason,
  );
  assert.ok(error instanceof UserError, String(error));
  return error.problems;
}

withTerraform(
  "terraform makes what was planned; what fails is told with its resource, and the next run makes the rest",
  async (context, program) => {
    const { run, shown, progress, folder } = terraformIn(context, program);
    await initTerraform(run);
    const [unfit] = await problemsOf(planTerraform(run, { variables: ["wanted=ab"] }));
    assert.equal(unfit?.message, "variable wanted: Write more than two letters.");

    const changes = await planTerraform(run, { variables: ["wanted=abc", "exit=3"] });
    assert.deepEqual(changes, {
      count: { add: 2, change: 0, remove: 0 },
      resources: [
        { address: "terraform_data.first", action: "create" },
        { address: "terraform_data.second", action: "create" },
      ],
    });
    const [failed] = await problemsOf(applyTerraform(run, changes));
    assert.match(failed?.message ?? "", /^terraform_data\.second: local-exec provisioner error \(main\.tf:\d+\)$/);
    assert.match(failed?.fix ?? "", /groundplan aws deploy$/);
    assert.ok(progress.told.includes("terraform: 1 of 2: create terraform_data.second"), progress.told.join("\n"));

    const rest = await planTerraform(run, { variables: ["wanted=abc"] });
    assert.deepEqual(rest.count, { add: 1, change: 0, remove: 1 });
    assert.deepEqual(await applyTerraform(run, rest), { add: 1, change: 0, remove: 1 });
    assert.deepEqual((await planTerraform(run, { variables: ["wanted=abc"] })).count, { add: 0, change: 0, remove: 0 });
    removePlan(run.place);
    assert.equal(existsSync(join(folder, "groundplan.tfplan")), false);
    assert.equal(shown[0], `(cd tf && ${program} init -input=false -no-color)`);
    assert.equal(shown[1], `(cd tf && ${program} plan -input=false -json -out=groundplan.tfplan -var wanted=ab)`);
  },
);

withTerraform("a configuration that terraform cannot read is told with file and line", async (context, program) => {
  const { run, folder } = terraformIn(context, program);
  await initTerraform(run);
  writeFileSync(join(folder, "wrong.tf"), 'resource "terraform_data" "x" {\n  inputt = 1\n}\n');
  const [problem] = await problemsOf(planTerraform(run, { variables: ["wanted=abc"] }));
  assert.match(problem?.message ?? "", /^Unsupported argument \(wrong\.tf:2\)$/);
  assert.match(problem?.detail?.join() ?? "", /inputt/);
});

withTerraform(
  "Ctrl-C lets terraform end properly: what it has begun is in its state, no lock is left, and a rerun goes on",
  async (context, program) => {
    const { run, stop, folder } = terraformIn(context, program);
    await initTerraform(run);
    const changes = await planTerraform(run, { variables: ["wanted=abc", "exit=1"] });
    const applying = applyTerraform(run, changes);
    applying.catch(() => {});
    await until("the second resource is being made", () => existsSync(join(folder, "started")));
    stop.abort();
    await assert.rejects(applying, (error) => error === stop.signal.reason);
    await assert.rejects(planTerraform(run, { variables: [] }), (error) => error === stop.signal.reason);

    const state: { resources: { name: string }[] } = JSON.parse(readFileSync(join(folder, "terraform.tfstate"), "utf8"));
    assert.deepEqual(
      state.resources.map(({ name }) => name),
      ["first", "second"],
    );
    assert.equal(existsSync(join(folder, ".terraform.tfstate.lock.info")), false);
    const again = { ...run, ...awsIn(folder).aws };
    const rest = await planTerraform(again, { variables: ["wanted=abc"] });
    assert.deepEqual(await applyTerraform(again, rest), { add: 1, change: 0, remove: 1 });
  },
);

/** A program that hears Ctrl-C and says so, but goes on until there is a file. */
const DEAF = `import { existsSync } from "node:fs";
process.on("SIGINT", () => console.log("heard"));
console.log("runs");
setInterval(() => existsSync("end") && process.exit(0), 10);
`;

test("Ctrl-C waits for a patient program as long as it takes, and ends others after a while", async () => {
  for (const patient of [true, false]) {
    const folder = folderWith({ "deaf.mjs": DEAF });
    const { stop, aws } = awsIn(folder);
    const heard: string[] = [];
    const command = { program: process.execPath, args: ["deaf.mjs"], cwd: folder, patient };
    let ended = false;
    const running = aws.runner.run(command, { onLine: (text) => heard.push(text) }).finally(() => {
      ended = true;
    });
    running.catch(() => {});
    await until("it runs", () => heard.includes("runs"));
    stop.abort();
    if (patient) {
      await until("it has heard", () => heard.includes("heard"));
      // Longer than others get.
      const deadline = Date.now() + 400;
      await until("some time has passed", () => Date.now() > deadline);
      assert.equal(ended, false);
      writeFileSync(join(folder, "end"), "");
    }
    await assert.rejects(running, (error) => error === stop.signal.reason);
  }
});

const INVENTORY = `all:
  hosts:
    near: &here { ansible_connection: local, ansible_python_interpreter: /usr/bin/python3 }
    next: *here
    fine: *here
    far: { ansible_host: 127.0.0.1, ansible_port: 1, ansible_ssh_common_args: "-F /dev/null" }
`;

function playbookIn(tasks: string, hosts = "near") {
  const folder = folderWith({
    "ansible/ansible.cfg": "[defaults]\ninventory = inventory.yml\nretry_files_enabled = false\n",
    "ansible/inventory.yml": INVENTORY,
    "ansible/site.yml": `- name: The stack is there\n  hosts: ${hosts}\n  gather_facts: false\n  tasks:\n${tasks}`,
  });
  const parts = awsIn(folder);
  const hint = (action: string) => `groundplan aws ${action}`;
  return { ...parts, run: { ...parts.aws, folder: join(folder, "ansible"), hint, again: "groundplan aws deploy" } };
}

const task = (name: string, rest: string) => `    - name: ${name}\n      ${rest}\n`;
const SAY = task("Say", 'ansible.builtin.debug: { msg: ["one", "two"] }');

test("a playbook shows which task each host is at, hands on what it says, and counts its changes", async (context) => {
  if (!has("ansible-playbook", context)) return;
  const ignored = task("Try", 'ansible.builtin.command: "false"\n      changed_when: false\n      ignore_errors: true');
  const change = task("Change", 'ansible.builtin.command: "true"');
  const loop = task("Say more", 'ansible.builtin.debug: { msg: "item {{ item }}" }\n      loop: [a]');
  const { run, shown, progress } = playbookIn(`${SAY}${ignored}${change}${loop}${task("Say nothing", "ansible.builtin.ping:")}`);
  const heard: string[] = [];
  const { counts } = await runPlaybook(run, { playbook: "site.yml", limit: "near", variables: ["a=b"] }, ({ host, item, text }) =>
    heard.push(`${host} ${item} ${text}`),
  );
  assert.deepEqual(heard, ["near null one\ntwo", "near a item a"]);
  assert.deepEqual([counts.ok, counts.changed, counts.failed, counts.ignored], [5, 1, 0, 1]);
  assert.deepEqual(shown, ["(cd ansible && ansible-playbook site.yml --limit near --extra-vars a=b)"]);
  assert.ok(progress.told.includes("near: changed: Change"), progress.told.join("\n"));
});

test("each host's failure is told: the task, what it printed but no secret, what ssh says, and what to do", async (context) => {
  if (!has("ansible-playbook", context) || !has("ssh", context)) return;
  const ignored = task("Try", 'ansible.builtin.command: "ls /not-{{ item }}"\n      loop: [a, b]\n      ignore_errors: true');
  const failing = task("Start worker", "ansible.builtin.command: ls /no-such-file\n      when: inventory_hostname == 'near'");
  const secret = task(
    "Write secrets",
    "ansible.builtin.command: ls /hush-hush\n      no_log: true\n      when: inventory_hostname == 'next'",
  );
  const { run, progress } = playbookIn(`${ignored}${failing}${secret}`, "all");
  const problems = await problemsOf(runPlaybook(run, { playbook: "site.yml" }, () => {}));
  const of = (host: string) => problems.find(({ message }) => message.startsWith(host));
  assert.equal(problems.length, 3);
  assert.deepEqual(of("near"), {
    message: 'near: "Start worker" failed (exit code 2)',
    detail: ["ls: cannot access '/no-such-file': No such file or directory"],
    fix: "fix the error above, then resume with: groundplan aws deploy",
  });
  assert.match(of("next")?.message ?? "", /^next: "Write secrets" failed; its output is hidden/);
  assert.match(of("next")?.fix ?? "", /groundplan aws connect next/);
  assert.doesNotMatch(`${JSON.stringify(problems)}${progress.told.join()}`, /hush/);
  assert.match(of("far")?.message ?? "", /^far refuses SSH connections/);
  assert.match(of("far")?.detail?.join() ?? "", /port 1: Connection refused/);
});

test("a playbook that ansible refuses is told with its own words; one that finds no host is no success", async (context) => {
  if (!has("ansible-playbook", context)) return;
  const [nobody] = await problemsOf(runPlaybook(playbookIn(SAY, "no_such_host").run, { playbook: "site.yml" }, () => {}));
  assert.equal(nobody?.message, "site.yml did nothing: the inventory has none of its hosts");
  const { run } = playbookIn("    - name: x\n      no.such.module:\n");
  const [problem] = await problemsOf(runPlaybook(run, { playbook: "site.yml" }, () => {}));
  assert.match(problem?.message ?? "", /^ansible-playbook site\.yml failed with exit code \d/);
  assert.match(problem?.detail?.join() ?? "", /no\.such\.module/);
});

test("Ctrl-C stops a playbook, and nothing more is started", async (context) => {
  if (!has("ansible-playbook", context)) return;
  const { run, stop, progress } = playbookIn(`${SAY}${task("Wait", "ansible.builtin.command: sleep 600")}`);
  const playing = runPlaybook(run, { playbook: "site.yml" }, () => {});
  await until("the long task runs", () => progress.told.includes("ansible: Wait"));
  const stoppedAt = Date.now();
  stop.abort();
  await assert.rejects(playing, (error) => error === stop.signal.reason);
  assert.ok(Date.now() - stoppedAt < 300_000, "it waited for the task");
  await assert.rejects(
    runPlaybook(run, { playbook: "site.yml" }, () => {}),
    (error) => error === stop.signal.reason,
  );
});
