import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type OfflineAwsRun, withOfflineAws } from "@groundplan/prove";
import { TERRAFORMS, type TerraformProgram, until } from "@groundplan/testing";
import { folderWith, run, VALID_STACK } from "../helpers.js";
import { type AwsStack, awsStack, PLAYBOOK_IS_FINE, playbookThat, VARIABLES } from "./aws-stack.js";

interface Stack extends AwsStack {
  /** Paths of the page that were asked for. */
  asked(): readonly string[];
}

/** A stack of its own, an account in which nothing is, and a page that answers. */
async function withStack(
  context: TestContext,
  work: (stack: Stack, offline: OfflineAwsRun) => Promise<void>,
  terraform: TerraformProgram = TERRAFORMS[0] ?? assert.fail(),
): Promise<void> {
  if (terraform.path === null) return context.skip(terraform.missing);
  const { name, path } = terraform;
  const asked: string[] = [];
  const page = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("hello");
  });
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  context.after(() => page.close());
  const address = page.address();
  assert.ok(typeof address === "object" && address !== null);
  await withOfflineAws((offline) =>
    work({ ...awsStack(context, offline, { name, path }, `http://127.0.0.1:${address.port}`), asked: () => asked }, offline),
  );
}

/** Commands that were shown, without their folder. */
function shown(err: string): readonly string[] {
  return [...err.matchAll(/\$ (?:\(cd \S+ && )?(.*?)\)?$/gm)].map(([, command = ""]) => command);
}

const DEPLOY = ["aws", "deploy", "--auto-approve", ...VARIABLES];

const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** groundplan as a process of its own: with a stdin, and for signals. */
function start(folder: string, words: readonly string[]) {
  const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
  const args = ["--conditions=source", "--import", import.meta.resolve("tsx"), main, ...words];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["pipe", "pipe", "pipe"] });
  children.add(child);
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    texts.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    texts.err += chunk;
  });
  const ended = once(child, "close").then(([code]) => {
    children.delete(child);
    return code as number | null;
  });
  return { child, texts, ended };
}

async function answer(folder: string, text: string, words: readonly string[]) {
  const { child, texts, ended } = start(folder, words);
  child.stdin.end(text);
  return { code: await ended, ...texts };
}

const FAILURE = `cat <<'END'
TASK [Start web] ***
fatal: [front]: FAILED! => {"msg": "non-zero return code", "rc": 125, "stderr": "docker: no such image"}

PLAY RECAP ***
front                      : ok=3    changed=2    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0
END
exit 2`;

const INSPECTED = JSON.stringify([
  {
    Id: "1",
    Name: "/web",
    Image: "sha256:1",
    State: {
      Status: "running",
      ExitCode: 0,
      OOMKilled: false,
      Error: "",
      StartedAt: "2026-11-22T10:00:00.123Z",
      Health: { Status: "healthy" },
    },
    Config: { Image: "example.com/web:1", Labels: null },
    NetworkSettings: { Ports: {} },
  },
]);

/** The host in front lets one in and tells its containers, the one behind it does not. */
const SSH = `case "$*" in
  *front*inspect*) echo '${INSPECTED}' ;;
  *logs*) echo a line ;;
  *back*) echo "Permission denied (publickey)." >&2; exit 255 ;;
esac`;

async function fromPlanToDestroy(context: TestContext, terraform: TerraformProgram): Promise<void> {
  const work = async (stack: Stack, offline: OfflineAwsRun): Promise<void> => {
    const { folder, program, ran } = stack;
    const { cloud } = offline;
    const machines = () => cloud.all("aws_instance").length;

    await context.test("before a deploy there is nothing to look at", async () => {
      const { code, err } = await run(folder, "aws", "status");
      assert.equal(code, 1);
      assert.match(err, /out\/aws has no files of a deployment\n {2}fix: deploy the stack first \(groundplan aws deploy\)/);
    });

    await context.test("plan says what would be made, and makes nothing", async () => {
      const { code, out, err } = await run(folder, "aws", "plan", ...VARIABLES);
      assert.equal(code, 0, err);
      assert.match(out, /^create aws_instance: back, front$/m);
      assert.match(out, /\n\d+ to add, 0 to change, 0 to destroy$/);
      assert.match(err, /next: groundplan aws deploy$/);
      assert.equal(machines(), 0);
      assert.deepEqual(ran(), []);
      assert.equal(existsSync(join(folder, "out/aws/terraform/groundplan.tfplan")), false);
      const planned = await run(folder, "aws", "status");
      assert.equal(planned.code, 1);
      assert.match(planned.err, /nothing of tiny is deployed/);
    });

    await context.test("nothing is made without a yes, and nobody being there is told from a no", async () => {
      const nobody = await answer(folder, "", ["aws", "deploy", ...VARIABLES]);
      assert.equal(nobody.code, 1);
      assert.match(
        nobody.err,
        /nobody was there to approve the changes, so nothing was changed on AWS\n {2}fix: groundplan aws deploy --var operator_cidr=203\.0\.113\.7\/32 --var 'ssh_public_key=.*' --auto-approve$/m,
      );
      const no = await answer(folder, "y\n", ["aws", "deploy", ...VARIABLES]);
      assert.match(no.err, /not approved: nothing was changed on AWS/);
      assert.equal(machines(), 0);
      assert.ok(!ran().includes("ansible-playbook site.yml"));
    });

    await context.test("deploy makes the machines, hands their addresses on, sets them up and probes", async () => {
      const { code, out, err } = await answer(folder, "yes\n", ["aws", "deploy", "--tag", "v2", ...VARIABLES]);
      assert.equal(code, 0, err);
      assert.match(out, /stack tiny runs on AWS, deployed in \d+ s\n\n {2}web {3}http:\/\/127\.0\.0\.1:\d+\n/);
      assert.equal(machines(), 2);
      const commands = shown(err).map((command) => command.replace(/ -var .*/, " ..."));
      assert.deepEqual(commands, [
        `${terraform.name} init -input=false -no-color`,
        `${terraform.name} plan -input=false -json -out=groundplan.tfplan ...`,
        `${terraform.name} apply -input=false -json groundplan.tfplan`,
        `${terraform.name} output -json`,
        "ansible-playbook site.yml --extra-vars image_tag=v2",
      ]);
      assert.equal(ran().at(-1), "ansible-playbook site.yml --extra-vars image_tag=v2");
      const outputs = JSON.parse(readFileSync(join(folder, "out/aws/ansible/terraform-output.json"), "utf8"));
      const [back] = cloud.all("aws_instance").filter(({ values }) => values.private_ip === outputs.hosts.value.back.private_ip);
      assert.equal(back?.id, outputs.hosts.value.back.instance_id);
      assert.equal(existsSync(join(folder, "out/aws/terraform/groundplan.tfplan")), false);
      assert.deepEqual([...new Set(stack.asked())].sort(), ["/", "/healthz"]);
      assert.doesNotMatch(`${out}${err}`, /hush-hush/);
    });

    await context.test("a deploy again changes nothing at AWS; it may be of one host, with images from a registry", async () => {
      const { code, out, err } = await run(folder, ...DEPLOY, "--json", "--limit", "back", "--registry", "registry.example.com/team");
      assert.equal(code, 0, err);
      const { stack: name, changes, hosts, probes } = JSON.parse(out);
      assert.deepEqual([name, changes, Object.keys(hosts), probes], ["tiny", { add: 0, change: 0, remove: 0 }, ["back", "front"], []]);
      assert.ok(!shown(err).some((command) => command.includes("apply")), err);
      assert.equal(ran().at(-1), "ansible-playbook site.yml --limit back --extra-vars image_registry=registry.example.com/team");
    });

    await context.test("status tells each component, and which host could not be asked and why", async () => {
      program("ssh", SSH);
      const { code, out, err } = await run(folder, "aws", "status");
      assert.equal(code, 1);
      const rows = out.split("\n").map((line) => line.split(/ {2,}/));
      assert.deepEqual(rows[1]?.slice(0, 4), ["db", "back", "unknown", "-"]);
      assert.deepEqual(rows[2]?.slice(0, 6), ["web", "front", "running", "healthy", "2026-11-22T10:00:00Z", "example.com/web:1"]);
      assert.match(rows[2]?.[6] ?? "", /^http:\/\/127/);
      assert.match(err, /back refuses your SSH key\n {2}fix: .*ssh-add/);
      const one = await run(folder, "aws", "status", "--json", "--limit", "front");
      assert.deepEqual([one.code, JSON.parse(one.out).length, JSON.parse(one.out)[0].ready], [0, 1, true]);
    });

    await context.test("logs go to stdout, of all containers or of one", async () => {
      const one = await run(folder, "aws", "logs", "--service", "web");
      assert.deepEqual([one.code, one.out], [0, "a line"]);
      assert.equal(ran().at(-1), "ssh -F ssh_config -o BatchMode=yes front sudo docker logs --tail 200 web");
      program(
        "ansible-playbook",
        playbookThat(`echo 'ok: [front] => (item=web) => {"msg": ["one", "two"]}'; echo 'front : ok=1 changed=0'`),
      );
      const all = await run(folder, "aws", "logs");
      assert.deepEqual([all.code, all.out], [0, "== web on front\none\ntwo"]);
      assert.equal(ran().at(-1), "ansible-playbook playbooks/check-logs.yml");
    });

    await context.test("connect opens a shell on a host, the bastion if none is named", async () => {
      const { out } = await run(folder, "aws", "connect", "back", "--json");
      assert.deepEqual(JSON.parse(out), { host: "back", folder: join(folder, "out/aws/ansible"), command: "ssh -F ssh_config back" });
      assert.equal(JSON.parse((await run(folder, "aws", "connect", "--json")).out).host, "front");
      const shut = await run(folder, "aws", "connect", "back");
      assert.deepEqual([shut.code, ran().at(-1)], [1, "ssh -F ssh_config back"]);
      assert.match(shut.err, /back can't be reached over SSH/);
    });

    await context.test("rollback puts the previous images back, then tries every connection", async () => {
      const { code, out, err } = await run(folder, "aws", "rollback", "--service", "web");
      assert.equal(code, 0, err);
      assert.deepEqual(ran().slice(-2), [
        "ansible-playbook playbooks/rollback.yml --extra-vars component=web",
        "ansible-playbook playbooks/test-connectivity.yml",
      ]);
      assert.match(out, /tiny runs its previous images/);
    });

    await context.test(
      "destroy says what is lost and asks for the stack's name, takes the protection away and leaves nothing",
      async () => {
        const destroy = ["aws", "destroy", ...VARIABLES];
        const wrong = await answer(folder, "tinny\n", destroy);
        assert.equal(wrong.code, 1);
        assert.match(wrong.err, /data volumes: back_data; a final snapshot of each is kept, and costs money/);
        assert.match(wrong.err, /protected against termination; the protection is lifted first: back\n/);
        assert.match(wrong.err, /"tinny" isn't the stack's name: nothing was removed/);
        assert.equal(machines(), 2);

        const right = await answer(folder, "tiny\n", destroy);
        assert.equal(right.code, 0, right.err);
        assert.match(right.out, /^tiny is removed from AWS: \d+ resources/);
        for (const type of ["aws_instance", "aws_ebs_volume", "aws_eip", "aws_nat_gateway"]) assert.deepEqual(cloud.all(type), [], type);
        const again = await run(folder, ...destroy);
        assert.deepEqual([again.code, again.out], [0, "nothing of tiny is on AWS"]);
      },
    );
  };
  await withStack(context, work, terraform);
}

for (const terraform of TERRAFORMS) test(`from plan to destroy (${terraform.name})`, (context) => fromPlanToDestroy(context, terraform));

test("what fails in the middle is told with its place and reason, and the next deploy goes on from there", async (context) => {
  await withStack(context, async ({ folder, program, ran }, { cloud }) => {
    cloud.put("aws_key_pair", "somebody", { key_name: "tiny-operator" });
    const refused = await run(folder, ...DEPLOY);
    assert.deepEqual([refused.code, refused.out], [1, ""]);
    assert.match(
      refused.err,
      /^groundplan: aws_key_pair\.operator: AWS already has something of this name.*\(InvalidKeyPair\.Duplicate\)$/m,
    );
    assert.doesNotMatch(refused.err, /^\s+at /m);
    assert.ok(!ran().includes("ansible-playbook site.yml"));
    const networks = cloud.all("aws_vpc").map(({ id }) => id);

    cloud.remove("aws_key_pair", "somebody");
    program("ansible-playbook", playbookThat(FAILURE));
    const failed = await run(folder, ...DEPLOY);
    assert.deepEqual([failed.code, failed.out], [1, ""]);
    assert.match(
      failed.err,
      /groundplan: front: "Start web" failed \(exit code 125\)\n {4}docker: no such image\n {2}fix: .*groundplan aws deploy --var .*$/,
    );
    assert.deepEqual(
      cloud.all("aws_vpc").map(({ id }) => id),
      networks,
    );
    assert.equal(cloud.all("aws_instance").length, 2);

    program("ansible-playbook", PLAYBOOK_IS_FINE);
    const last = await run(folder, ...DEPLOY);
    assert.equal(last.code, 0, last.err);
    assert.ok(!shown(last.err).some((command) => command.includes("apply")), last.err);
    assert.equal(ran().filter((command) => command === "ansible-playbook site.yml").length, 2);
  });
});

test("Ctrl-C in the middle of a deploy says how to go on, and what it has made is kept", async (context) => {
  await withStack(context, async ({ folder, program }, { cloud }) => {
    program(
      "ansible-playbook",
      'if [ "$1" = --version ]; then echo "ansible-playbook [core 2.14.18]"; else echo "TASK [Wait] ***"; exec sleep 100; fi',
    );
    const { child, texts, ended } = start(folder, DEPLOY);
    await until("the playbook runs", () => /ansible +\| Wait/.test(texts.err), 60_000);
    child.kill("SIGINT");
    assert.equal(await ended, 1, texts.err);
    assert.match(texts.err, /stopped halfway; .*resume with groundplan aws deploy .*, or remove it with groundplan aws destroy\n$/);
    assert.equal(cloud.all("aws_instance").length, 2);
  });
});

test("all that is missing is said at once, before anything is made", async (context) => {
  const folder = folderWith({ "stack.ts": VALID_STACK.replace('local: "node web.js"', 'image: "example.com/web:1"') });
  const before = { ...process.env };
  context.after(() => {
    process.env = before;
  });
  process.env = { HOME: folder, PATH: folder, AWS_EC2_METADATA_DISABLED: "true" };
  const { code, out, err } = await run(folder, "aws", "deploy", "--var", "operator_cidr=auto");
  assert.deepEqual([code, out], [1, ""]);
  for (const part of [
    /neither terraform nor tofu is installed on this machine/,
    /ansible-playbook isn't installed on this machine\n {2}fix: install it: pipx/,
    /ssh isn't installed on this machine/,
    /variable ssh_public_key has no value .*\n {2}fix: add --var ssh_public_key="\$\(cat/,
    /operator_cidr is a range of addresses, .*not "auto"/,
    /no AWS credentials found/,
  ]) {
    assert.match(err, part);
  }
  assert.doesNotMatch(err, /^\s+at /m);
  assert.equal(existsSync(join(folder, "out")), false);
  assert.equal(existsSync(join(folder, ".groundplan")), false);

  const usage = async (...words: string[]) => (await run(folder, "aws", ...words)).err.split("\n")[0];
  assert.match((await usage("deploy", "--limit", "two")) ?? "", /tiny has no host "two" \(one\)/);
  assert.match((await usage("destroy", "--auto-approve")) ?? "", /--auto-approve is not for aws destroy, but for aws deploy/);
  assert.match((await usage("delpoy")) ?? "", /no command "delpoy" .*Did you mean "deploy"/);
  assert.match((await usage("connect", "two")) ?? "", /two: tiny has no host "two" \(one\)/);
  assert.match((await usage("status", "one")) ?? "", /aws status does not take an argument "one"/);
  assert.match((await usage("logs", "--follow")) ?? "", /--follow needs the component to follow/);
});

test("without credentials, or with a terraform that is too old, nothing is made", async (context) => {
  await withStack(context, async ({ folder, program }) => {
    const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = process.env;
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    const stranger = await run(folder, "aws", "plan", ...VARIABLES);
    assert.equal(stranger.code, 1);
    assert.match(stranger.err, /^groundplan: no AWS credentials found .*\n {2}fix: set AWS_PROFILE/);
    assert.equal(existsSync(join(folder, "out")), false);
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret });

    program("terraform", `echo '{"terraform_version": "1.9.8"}'`);
    const { code, err } = await run(folder, "aws", "plan", ...VARIABLES);
    assert.equal(code, 1);
    assert.match(err, /^groundplan: terraform 1\.9\.8 is too old: 1\.10 or newer is needed\n {2}fix: /);
    assert.equal(existsSync(join(folder, "out")), false);
  });
});
