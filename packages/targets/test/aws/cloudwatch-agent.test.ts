import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan, PlannedHost } from "@groundplan/model";
import { parse } from "yaml";
import { agentConfig } from "../../src/aws/ansible/render-ansible.js";
import { hostsPlanOf } from "../../src/aws/hosts-plan.js";
import { textOf } from "../rendered.js";
import { ansibleOf } from "./hosts-plans.js";
import { AWS_PLANS, planCalled } from "./terraform-plans.js";
import { blocksIn, resourcesOf, valuesOf } from "./terraform-reader.js";

/** What these tests read of the agent's configuration. */
interface AgentConfig {
  readonly agent: Readonly<Record<string, unknown>>;
  readonly metrics: {
    readonly namespace: string;
    readonly aggregation_dimensions: readonly (readonly string[])[];
    readonly metrics_collected: Readonly<Record<string, Plugin>>;
  };
  readonly logs: {
    readonly logs_collected: { readonly files: { readonly collect_list: readonly LogFile[] } };
    readonly metrics_collected?: {
      readonly prometheus: {
        readonly log_group_name: string;
        readonly prometheus_config_path: string;
        readonly emf_processor: { readonly metric_namespace: string; readonly metric_declaration: readonly Declaration[] };
      };
    };
  };
}

interface Plugin {
  readonly measurement: readonly string[];
  readonly append_dimensions: Readonly<Record<string, string>>;
  readonly resources?: readonly string[];
  readonly drop_original_metrics?: readonly string[];
}

interface LogFile {
  readonly file_path: string;
  readonly log_group_name: string;
  readonly log_stream_name: string;
}

interface Declaration {
  readonly source_labels: readonly string[];
  readonly label_matcher: string;
  readonly dimensions: readonly (readonly string[])[];
  readonly metric_selectors: readonly string[];
}

const voting = planCalled("voting");
const MONITORED = Object.entries(AWS_PLANS).filter(([, { monitoring }]) => monitoring !== null);

function configOf(plan: Plan, { name }: PlannedHost): AgentConfig {
  const hosts = hostsPlanOf(plan);
  const host = hosts.hosts.find((each) => each.name === name) ?? assert.fail(name);
  return JSON.parse(JSON.stringify(agentConfig(hosts, host)));
}

const reportingHosts = (plan: Plan) => hostsPlanOf(plan).hosts.filter(({ reports }) => reports);

const hostCalled = (plan: Plan, name: string): PlannedHost => plan.hosts.find((host) => host.name === name) ?? assert.fail(name);

/** The dimensions that the agent gives to a measurement by itself. */
const OWN_DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  cpu: ["cpu"],
  mem: [],
  disk: ["path", "fstype", "device"],
  diskio: ["name"],
  net: ["interface"],
  processes: [],
};

/** Every figure that the agents of a plan send, as "namespace metric dimension=value ...", dimensions sorted. */
function sentBy(plan: Plan): ReadonlySet<string> {
  return new Set(
    reportingHosts(plan).flatMap((host) => {
      const { metrics, logs } = configOf(plan, host);
      const ofHost = Object.entries(metrics.metrics_collected).flatMap(([name, plugin]) => ofPlugin(name, plugin, metrics));
      const { metric_namespace, metric_declaration } = logs.metrics_collected?.prometheus.emf_processor ?? {
        metric_namespace: "",
        metric_declaration: [],
      };
      const ofServices = metric_declaration.flatMap(({ label_matcher, dimensions, metric_selectors }) =>
        metric_selectors.flatMap((selector) =>
          dimensions.map(([dimension = ""]) => figure(metric_namespace, inner(selector), { [dimension]: inner(label_matcher) })),
        ),
      );
      return [...ofHost, ...ofServices];
    }),
  );
}

function ofPlugin(name: string, plugin: Plugin, { namespace, aggregation_dimensions }: AgentConfig["metrics"]): readonly string[] {
  const own = OWN_DIMENSIONS[name] ?? assert.fail(name);
  return plugin.measurement.flatMap((measurement) => {
    const metric = `${name}_${measurement}`;
    return (plugin.resources ?? ["-"]).flatMap((resource) => {
      const dimensions = { ...plugin.append_dimensions, ...Object.fromEntries(own.map((dimension) => [dimension, resource])) };
      const names = Object.keys(dimensions);
      // A set of dimensions is aggregated on only when it is a smaller one.
      const smaller = aggregation_dimensions.filter((set) => set.length < names.length && set.every((each) => names.includes(each)));
      const aggregated = smaller.map((set) => figure(namespace, metric, Object.fromEntries(set.map((each) => [each, dimensions[each]]))));
      return plugin.drop_original_metrics?.includes(metric) === true ? aggregated : [figure(namespace, metric, dimensions), ...aggregated];
    });
  });
}

function figure(namespace: unknown, metric: unknown, dimensions: object): string {
  const pairs = Object.entries(dimensions).map(([name, value]) => `${name}=${value}`);
  return [namespace, metric, ...pairs.sort()].join(" ");
}

/** What is between ^ and $. */
const inner = (pattern: string): string => /^\^([\w-]+)\$$/.exec(pattern)?.[1] ?? assert.fail(pattern);

/** Every figure that an alarm of Terraform reads, but AWS's own; what it is made for each of filled in. */
function readByAlarms(plan: Plan): readonly string[] {
  return resourcesOf(plan, "aws_cloudwatch_metric_alarm").flatMap((entry) => {
    const queries = blocksIn(entry.body).flatMap(({ body }) => blocksIn(body).map((block) => valuesOf(block)));
    return [valuesOf(entry), ...queries]
      .filter(({ namespace }) => namespace !== undefined && namespace !== "AWS/EC2")
      .flatMap(({ namespace, metric_name, dimensions }) =>
        filledIn(plan, dimensions as Readonly<Record<string, string>>).map((filled) => figure(namespace, metric_name, filled)),
      );
  });
}

function filledIn(plan: Plan, dimensions: Readonly<Record<string, string>>): readonly object[] {
  if (dimensions.host === undefined) return [dimensions];
  const hosts = reportingHosts(plan);
  if (dimensions.path === undefined) return hosts.map(({ name }) => ({ host: name }));
  return disksOf(plan);
}

/** What the disk alarm is made for each of. */
function disksOf(plan: Plan): readonly object[] {
  const disks = [...textOf("aws", plan, "terraform/monitoring.tf").matchAll(/host = "([\w-]+)"\n\s+path = "([^"]+)"/g)];
  assert.ok(disks.length > 0);
  return disks.map(([, host, path]) => ({ host, path }));
}

test("every figure that an alarm reads is one that the agents send, with exactly its dimensions", () => {
  for (const [name, plan] of MONITORED) {
    const read = readByAlarms(plan);
    const sent = sentBy(plan);
    assert.ok(read.length >= 2 * reportingHosts(plan).length, name);
    assert.deepEqual(
      read.filter((each) => !sent.has(each)),
      [],
      name,
    );
  }
});

test("all of CPU, memory, disk, disk I/O, network and processes is sent, under the host's name in the stack and no other", () => {
  const { agent, metrics } = configOf(voting, hostCalled(voting, "backend"));
  assert.deepEqual(Object.keys(metrics.metrics_collected), ["cpu", "mem", "disk", "diskio", "net", "processes"]);
  for (const { append_dimensions } of Object.values(metrics.metrics_collected)) assert.deepEqual(append_dimensions, { host: "backend" });
  assert.equal(agent.omit_hostname, true);
  assert.deepEqual(metrics.metrics_collected.disk?.resources, ["/", "/data"]);
});

test("what the dashboard of Terraform shows of hosts is sent", () => {
  const sent = [...sentBy(voting)];
  const text = textOf("aws", voting, "terraform/monitoring.tf");
  const searched = [...text.matchAll(/MetricName=\\"(\w+)\\"/g)].map(([, metric]) => metric);
  const shown = [...text.matchAll(/\["Groundplan\/voting", "(\w+)", "host"/g)].map(([, metric]) => metric);
  assert.ok(searched.length >= 4 && shown.length >= 6, `${searched} ${shown}`);
  for (const metric of [...searched, ...shown])
    assert.ok(
      sent.some((each) => each.startsWith(`Groundplan/voting ${metric} `)),
      metric,
    );
});

test("logs go into the log groups of Terraform, each file of a host into a stream of its own", () => {
  const groups = resourcesOf(voting, "aws_cloudwatch_log_group").map((entry) => valuesOf(entry).name);
  const streams = voting.hosts.flatMap((host) => {
    const { logs } = configOf(voting, host);
    for (const { log_group_name } of logs.logs_collected.files.collect_list) assert.ok(groups.includes(log_group_name), log_group_name);
    return logs.logs_collected.files.collect_list.map(({ log_group_name, log_stream_name }) => `${log_group_name} ${log_stream_name}`);
  });
  assert.equal(new Set(streams).size, streams.length);
  assert.equal(streams.length, 3 * voting.hosts.length);
  assert.ok(groups.includes(configOf(voting, hostCalled(voting, "frontend")).logs.metrics_collected?.prometheus.log_group_name));
});

test("the agent reads each service that an alarm watches on the service's own host, twice a minute, with the label that it is chosen by", () => {
  const path = "ansible/cloudwatch/frontend.scrape.yml.j2";
  const file = ansibleOf(voting).files.find((each) => each.path === path) ?? assert.fail(path);
  const { global, scrape_configs } = parse(file.text);
  assert.equal(global.scrape_interval, "30s");
  assert.deepEqual(
    scrape_configs.map((job: { static_configs: unknown }) => job.static_configs),
    [
      [{ targets: ["{{ private_ip }}:80"], labels: { service: "vote" } }],
      [{ targets: ["{{ private_ip }}:5001"], labels: { service: "result" } }],
    ],
  );
  const declared = configOf(voting, hostCalled(voting, "frontend")).logs.metrics_collected?.prometheus.emf_processor.metric_declaration;
  assert.deepEqual(
    declared?.map(({ source_labels, label_matcher }) => [source_labels, label_matcher]),
    [
      [["service"], "^vote$"],
      [["service"], "^result$"],
    ],
  );
  for (const name of ["backend", "database"]) {
    assert.equal(configOf(voting, hostCalled(voting, name)).logs.metrics_collected, undefined);
    assert.ok(!ansibleOf(voting).files.some((each) => each.path === `ansible/cloudwatch/${name}.scrape.yml.j2`));
  }
});

/** Of the agent's schema (translator/config/schema.json in aws/amazon-cloudwatch-agent), the parts that are closed: no other names are taken. */
const CLOSED = {
  metrics: ["namespace", "aggregation_dimensions", "append_dimensions", "metrics_collected", "force_flush_interval"],
  logs: ["logs_collected", "metrics_collected", "log_stream_name", "force_flush_interval"],
  file: ["file_path", "log_group_name", "log_stream_name", "timestamp_format", "timezone", "publish_multi_logs", "blacklist"],
  prometheus: ["cluster_name", "log_group_name", "prometheus_config_path", "emf_processor"],
};

test("the agent's configuration has no name that its schema does not take, and what it requires", () => {
  for (const [, plan] of MONITORED) {
    for (const host of reportingHosts(plan)) {
      const { metrics, logs } = configOf(plan, host);
      const only = (value: object, names: readonly string[]) =>
        assert.deepEqual(
          Object.keys(value).filter((name) => !names.includes(name)),
          [],
        );
      only(metrics, CLOSED.metrics);
      only(logs, CLOSED.logs);
      for (const file of logs.logs_collected.files.collect_list) only(file, CLOSED.file);
      if (logs.metrics_collected !== undefined) only(logs.metrics_collected.prometheus, CLOSED.prometheus);
      for (const { measurement } of Object.values(metrics.metrics_collected)) assert.ok(measurement.length > 0);
    }
  }
});

test("the playbook runs on the hosts that can reach CloudWatch, and not at all without s.monitoring", () => {
  const hostsOf = (plan: Plan): unknown => parse(textOf("aws", plan, "ansible/playbooks/setup-cloudwatch.yml"))[0].hosts;
  assert.deepEqual(hostsOf(voting), ["frontend", "backend", "database"]);
  assert.deepEqual(hostsOf(planCalled("two-zones")), ["edge-one", "edge-two"]);
  assert.ok(!ansibleOf(planCalled("minimal")).files.some(({ path }) => /cloudwatch|monitoring/.test(path)));
});
