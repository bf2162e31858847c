import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan } from "@groundplan/model";
import { parse } from "yaml";
import type { AnsibleComponent } from "../../src/aws/ansible/docker-run.js";
import { STAND_INS } from "../../src/aws/hosts-plan.js";
import { ansibleOf, monitorsByHost } from "./hosts-plans.js";
import { AWS_PLANS, planCalled } from "./terraform-plans.js";

const voting = planCalled("voting");
const MONITORED = Object.values(AWS_PLANS).filter(({ monitoring }) => monitoring !== null);

const pathsOf = (plan: Plan): readonly string[] => ansibleOf(plan).files.map(({ path }) => path.replace("ansible/", ""));

const textOf = (plan: Plan, path: string): string =>
  ansibleOf(plan).files.find((file) => file.path === `ansible/${path}`)?.text ?? assert.fail(path);

const monitorsOf = (plan: Plan): readonly AnsibleComponent[] => [...monitorsByHost(plan).values()].flat();

const monitorOf = (plan: Plan, name: string): AnsibleComponent =>
  monitorsOf(plan).find((monitor) => monitor.name === name) ?? assert.fail(name);

const named = (option: string, { options }: AnsibleComponent): readonly string[] =>
  options.flatMap((each) => (each.startsWith(`--${option}=`) ? [each.slice(option.length + 3)] : []));

test("each host has its exporters, and the monitoring host Prometheus, Alertmanager and Grafana", () => {
  const names = Object.fromEntries([...monitorsByHost(voting)].map(([host, monitors]) => [host, monitors.map(({ name }) => name)]));
  assert.deepEqual(names, {
    frontend: ["prometheus", "alertmanager", "grafana", "node-exporter"],
    backend: ["node-exporter", "redis-exporter"],
    database: ["node-exporter", "db-exporter"],
  });
  assert.deepEqual([...monitorsByHost(planCalled("minimal"))], []);
});

test("every exporter that Prometheus reads listens on its port at its host's private address", () => {
  for (const plan of MONITORED) {
    for (const { host, port, exporter } of plan.scrapes.filter((scrape) => scrape.exporter !== null)) {
      const there = monitorsByHost(plan).get(host) ?? [];
      const listens = there.some(
        (monitor) =>
          named("publish", monitor).includes(`{{ hostvars['${host}'].private_ip }}:${port}:${port}`) ||
          (named("network", monitor).includes("host") && monitor.command.some((word) => word.endsWith(`:${port}`))),
      );
      assert.ok(listens, `${exporter} on ${host}`);
    }
  }
});

test("only what must see the host, or send alarms with its role, shares its network", () => {
  const sharing = (plan: Plan) => [
    ...new Set(
      monitorsOf(plan)
        .filter((each) => named("network", each).includes("host"))
        .map(({ name }) => name),
    ),
  ];
  assert.deepEqual(sharing(voting), ["alertmanager", "node-exporter"]);
  assert.deepEqual(sharing(planCalled("two-zones")), ["node-exporter"], "it has nobody to send alarms to");
});

test("Prometheus knows the hosts by the names that its configuration has", () => {
  for (const plan of MONITORED) {
    const known = named("add-host", monitorOf(plan, "prometheus")).map((option) => option.split(":")[0]);
    const { scrape_configs, alerting } = parse(textOf(plan, "monitoring/prometheus/prometheus.yml"));
    const targets = scrape_configs
      .filter(({ metrics_path }: { metrics_path?: string }) => metrics_path !== "/probe")
      .flatMap(({ static_configs }: { static_configs: readonly { targets: readonly string[] }[] }) =>
        static_configs.flatMap((each) => each.targets),
      );
    const opened = [...targets, ...alerting.alertmanagers[0].static_configs[0].targets].map((target: string) => target.split(":")[0]);
    assert.ok(opened.length > 3);
    for (const name of opened) assert.ok(known.includes(name), name);
  }
});

test("what a container reads is written to its host and counts as part of it; what is written is read by one", () => {
  for (const plan of MONITORED) {
    const { monitor_files } = parse(textOf(plan, "group_vars/all/monitoring.yml"));
    const read = Object.values(monitor_files as Record<string, readonly string[]>).flat();
    const written = pathsOf(plan).flatMap((path) => /^monitoring\/(.*)/.exec(path)?.[1] ?? []);
    assert.deepEqual([...read].sort(), [...written].sort());
    for (const monitor of monitorsOf(plan)) {
      const mounts = named("mount", monitor).filter((mount) => mount.includes("/monitoring/"));
      const sums = named("label", monitor).filter((label) => label === `groundplan.files={{ monitor_sums['${monitor.name}'] }}`);
      assert.equal(sums.length, mounts.length === 0 ? 0 : 1, monitor.name);
    }
  }
});

test("alarms go to the topic that Terraform made, and to nobody where the stack names nobody", () => {
  const receivers = (plan: Plan) => parse(textOf(plan, "monitoring/alertmanager/alertmanager.yml")).receivers;
  for (const { sns_configs } of receivers(voting)) {
    assert.deepEqual([sns_configs[0].topic_arn, sns_configs[0].sigv4], [STAND_INS.alarm_topic_arn, { region: STAND_INS.region }]);
  }
  assert.deepEqual(named("label", monitorOf(voting, "alertmanager")).slice(1), ["groundplan.topic={{ alarm_topic_arn }}"]);
  assert.deepEqual(receivers(planCalled("two-zones")), [{ name: "page" }, { name: "ticket" }]);
  assert.equal(parse(textOf(planCalled("two-zones"), "group_vars/all/monitoring.yml")).sends_alarms, false);
});

test("the password of a database reaches its exporter by the file for variables only", () => {
  assert.match(textOf(voting, "env/db-exporter.env.j2"), /^DATA_SOURCE_PASS=\{\{ secrets\['DB_PASSWORD'\] \}\}$/m);
  assert.ok(!monitorOf(voting, "db-exporter").options.some((option) => option.includes("secrets")));
});

test("a stack with a domain has its certificates watched", () => {
  const secure = planCalled("two-zones");
  assert.deepEqual(named("publish", monitorOf(secure, "blackbox-exporter")), ["{{ hostvars['edge-two'].private_ip }}:9115:9115"]);
  assert.ok(pathsOf(secure).includes("monitoring/blackbox/blackbox.yml"));
  assert.ok(monitorsOf(voting).every(({ name }) => name !== "blackbox-exporter"));
});

test("site.yml deploys monitoring after all components, and stop-all stops it first", () => {
  for (const plan of MONITORED) {
    const imported = [...textOf(plan, "site.yml").matchAll(/import_playbook: playbooks\/(\S+)\.yml/g)].map(([, name]) => name ?? "");
    assert.deepEqual(imported.slice(-3), ["deploy-monitoring", "setup-cloudwatch", "test-connectivity"]);
    assert.equal(parse(textOf(plan, "playbooks/stop-all.yml"))[0].name, "Stop monitoring");
  }
  assert.ok(!/monitoring|cloudwatch/.test(textOf(planCalled("minimal"), "site.yml")));
});
