import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { type MissingEngine, type Outcome, runProgram, until } from "@groundplan/testing";
import { AwsHostsRun, recapOf } from "./aws-hosts-run.js";
import { castAndAudit } from "./containers-stress.js";
import { missingForAgentSource } from "./stand-in-agent.js";
import { castAs, newVoter } from "./voters.js";

let run: AwsHostsRun | MissingEngine;
before(async () => {
  run = await AwsHostsRun.open();
});
after(async () => {
  if (run instanceof AwsHostsRun) await run.close();
});

/** One after the other, on the same hosts. */
function onHosts(name: string, work: (run: AwsHostsRun, context: TestContext) => Promise<void>): void {
  test(name, async (context) => {
    if (!(run instanceof AwsHostsRun)) return context.skip(run.missing);
    await work(run, context);
  });
}

/** Its images are large, and there is no AWS. */
const WITHOUT_MONITORING = ["--skip-tags", "monitoring,cloudwatch"];

const prometheusOf = (run: AwsHostsRun): string => `http://${run.hosts.publicAddress("frontend")}:9090`;

const totalOf = async (run: AwsHostsRun): Promise<number> =>
  ((await (await fetch(`${run.url("result")}/api/results`)).json()) as { total: number }).total;

function assertDone(outcome: Outcome): void {
  assert.equal(outcome.code, 0, outcome.stdout.slice(-6_000) + outcome.stderr);
}

/** Whether an SSH server greets this machine at an address. Only to connect says little: a router on the way may answer for a host. */
function greets(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 22, timeout: 2_000 });
    socket.once("data", (data) => {
      resolve(data.toString().startsWith("SSH-"));
      socket.destroy();
    });
    socket.once("timeout", () => socket.destroy());
    socket.on("error", () => undefined).once("close", () => resolve(false));
  });
}

const secretsOf = ({ folder }: AwsHostsRun): readonly string[] =>
  [...readFileSync(join(folder, "secrets.env"), "utf8").matchAll(/^\w+=(.+)$/gm)].map(([, value]) => value as string);

onHosts("site.yml brings the stack to the hosts, private ones by way of the bastion, and tries every link", async (run) => {
  const outcome = await run.playbook("site.yml", "--diff", ...WITHOUT_MONITORING);
  assertDone(outcome);
  const { failed, unreachable } = recapOf(outcome);
  assert.deepEqual({ failed, unreachable }, { failed: 0, unreachable: 0 });
  assert.match(outcome.stdout, /" {2}worker on backend +database 5432 +yes +open +link worker to db"/);
  assert.match(outcome.stdout, /" {2}database +backend 6379 +no +no answer +no rule"/);
  assert.match(outcome.stdout, /" {2}here +vote +yes +200 /);
  assert.ok(Object.values(await run.containers()).every((id) => id !== ""));
  // This machine itself has no way to a private host.
  assert.equal(await greets(run.hosts.publicAddress("frontend")), true);
  assert.equal(await greets(run.hosts.privateAddress("database")), false);
  assert.equal((await run.ssh("database", "hostname")).stdout.trim(), "database");
});

onHosts("secrets are in no output and no image, and readable by root only on a host", async (run) => {
  const outcome = await run.playbook("playbooks/deploy-vote.yml", "--diff", "-vv");
  assertDone(outcome);
  const secrets = secretsOf(run);
  assert.equal(secrets.length, 2);
  for (const secret of secrets) assert.ok(!outcome.stdout.includes(secret));
  assert.equal(statSync(join(run.folder, "secrets.env")).mode & 0o777, 0o600);
  const mode = await run.ssh(
    "frontend",
    "sudo stat --format %a-%U /var/lib/groundplan/voting/vote.env; cat /var/lib/groundplan/voting/vote.env",
  );
  assert.equal(mode.stdout.trim(), "600-root");
  // Hosts are known in the folder of the deployment; both ways led there.
  assert.match(readFileSync(join(run.folder, "known_hosts"), "utf8"), /^i-\S+-database ssh-/m);
});

onHosts("a vote shows on the result page, and 1,000 votes, 40 at a time, end with all four levels equal", async (run) => {
  assert.ok(await castAs(newVoter(), run.url("vote"), "a"));
  await until("it is counted", async () => (await totalOf(run)) === 1);
  assert.ok((await (await fetch(run.url("vote"))).text()).includes(`href="${run.url("result")}"`));
  await castAndAudit({ vote: run.url("vote"), result: run.url("result") });
});

onHosts("deploy-monitoring ends with every target read, without Grafana, which no package here has", async (run) => {
  await run.bringMonitoringImages();
  const outcome = await run.playbook("playbooks/deploy-monitoring.yml");
  assertDone(outcome);
  const read = [...outcome.stdout.matchAll(/" *(\w+) +([\w-]+) +http:/g)].map(([, health, job]) => `${health} ${job}`);
  const jobs = run.plan.scrapes.map(({ job }) => `up ${job}`);
  assert.deepEqual(read.sort(), jobs.sort());
  // In the browser of an operator.
  const asked = await fetch(`${prometheusOf(run)}/api/v1/query?query=votes_visible_total`);
  const { data } = (await asked.json()) as { data: { result: readonly [{ value: readonly [number, string] }] } };
  assert.ok(Number(data.result[0].value[1]) > 1_000);
  const alertmanager = await run.ssh("frontend", "sudo cat /var/lib/groundplan/voting/monitoring/alertmanager/alertmanager.yml");
  assert.ok(alertmanager.stdout.includes('topic_arn: "arn:aws:sns:eu-central-1:000000000000:voting-alarms"'));
  assert.ok(alertmanager.stdout.includes(`region: "${run.plan.aws.region}"`));
  for (const secret of secretsOf(run)) assert.ok(!outcome.stdout.includes(secret));
});

onHosts("a second run changes nothing", async (run) => {
  const before = await run.containers();
  const watching = await run.runningOn("frontend");
  const outcome = await run.playbook("site.yml", "--skip-tags", "cloudwatch");
  assertDone(outcome);
  assert.equal(recapOf(outcome).changed, 0, outcome.stdout);
  assert.deepEqual(await run.containers(), before);
  assert.deepEqual(await run.runningOn("frontend"), watching);
});

onHosts(
  "setup-cloudwatch installs a signed package only, tells it what to send, and changes nothing the second time",
  async (run, context) => {
    const missing = missingForAgentSource();
    if (missing !== null) return context.skip(missing);
    const settings = await run.bringAgentSource("frontend");
    const set = (more = {}) => ["--limit", "frontend", "--extra-vars", JSON.stringify({ ...settings, ...more })];
    const playbook = "playbooks/setup-cloudwatch.yml";
    const checked = await run.playbook(playbook, "--check", ...set());
    assertDone(checked);
    assert.match(checked.stdout, /frontend has no CloudWatch agent of this version \(latest\): it would be installed/);

    const refused = await run.playbook(playbook, ...set({ cloudwatch_agent_fingerprint: "937616F3450B7D806CBD9725D58167303B789C72" }));
    assert.equal(refused.code, 2);
    assert.match(refused.stdout, /is not signed by the key 9376/);
    assert.notEqual((await run.hosts.exec("frontend", "dpkg-query", "--show", "amazon-cloudwatch-agent")).code, 0);

    assertDone(await run.playbook(playbook, ...set()));
    const told = JSON.parse((await run.hosts.exec("frontend", "cat", "/opt/aws/amazon-cloudwatch-agent/etc/started")).stdout);
    assert.equal(told.metrics.namespace, "Groundplan/voting");
    const scraped = (await run.hosts.exec("frontend", "cat", told.logs.metrics_collected.prometheus.prometheus_config_path)).stdout;
    assert.ok(scraped.includes(`${run.hosts.privateAddress("frontend")}:80`));

    const again = await run.playbook(playbook, ...set());
    assertDone(again);
    assert.equal(recapOf(again).changed, 0, again.stdout);
  },
);

onHosts(
  "a new image of one service replaces its container only, after --check has said so, and rollback brings the old one back",
  async (run) => {
    const imageOf = async (): Promise<string> =>
      (await run.hosts.exec("frontend", "docker", "inspect", "--format", "{{.Config.Image}}", "vote")).stdout.trim();
    const before = await run.containers();
    const image = await imageOf();
    const tag = `${run.tag}-new`;
    await run.otherImage("vote", tag);

    const checked = await run.playbook("site.yml", "--check", "--tags", "vote", "--extra-vars", `image_tag=${tag}`);
    assertDone(checked);
    assert.match(checked.stdout, /vote would be replaced: voting\/vote:[0-9a-f]{12}/);
    assert.deepEqual(await run.containers(), before);

    assertDone(await run.playbook("site.yml", "--tags", "vote", "--extra-vars", `image_tag=${tag}`));
    assert.notEqual(await imageOf(), image);
    assert.deepEqual({ ...(await run.containers()), vote: before.vote }, before);

    assertDone(await run.playbook("playbooks/rollback.yml"));
    assert.equal(await imageOf(), image);
    const again = await run.playbook("playbooks/rollback.yml");
    assert.equal(again.code, 2);
    assert.match(again.stdout, /Nothing goes back: the hosts have no previous image of what the last deploy brought/);
    assert.deepEqual({ ...(await run.containers()), vote: before.vote }, before);
  },
);

onHosts("a deploy of a service that does not become healthy fails with its last lines, and runs on when that is put right", async (run) => {
  const broken = ["--extra-vars", JSON.stringify({ secrets: { VOTER_KEY: "short", DB_PASSWORD: "x" } })];
  const outcome = await run.playbook("playbooks/deploy-vote.yml", ...broken);
  assert.equal(outcome.code, 2);
  assert.match(outcome.stdout, /vote is not healthy \(restarting .*VOTER_KEY must have at least 16 characters/);
  assertDone(await run.playbook("playbooks/deploy-vote.yml"));
});

onHosts("a key that the hosts do not know is refused in a sentence", async (run) => {
  const stranger = join(run.folder, "..", "stranger");
  await runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
  await run.ssh("frontend", "true");
  await run.hangUp("frontend");
  const outcome = await run.playbookAs(stranger, "playbooks/check-logs.yml", "--extra-vars", "reach_timeout_seconds=2");
  assert.equal(outcome.code, 2);
  assert.match(outcome.stdout, /frontend refuses the SSH key/);
});

onHosts("stop-all stops everything; after a host was turned off and on, site.yml brings all back with the data", async (run) => {
  const total = await totalOf(run);
  assert.ok(total > 1_000);
  assertDone(await run.playbook("playbooks/stop-all.yml"));
  for (const { name } of run.plan.hosts) assert.deepEqual(await run.runningOn(name), []);
  await run.hosts.reboot("database");
  assertDone(await run.playbook("site.yml", ...WITHOUT_MONITORING));
  await until("the result page has read them", async () => (await totalOf(run)) === total);
  assert.ok(await castAs(newVoter(), run.url("vote"), "b"));
  await until("votes are counted again", async () => (await totalOf(run)) === total + 1);
});
