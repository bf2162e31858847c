import assert from "node:assert/strict";
import { test } from "node:test";
import { build, planOf, stack } from "@groundplan/model";
import { parse } from "yaml";
import { type AlarmReceiver, hostReach, renderMonitoring, ruleGroups, smtpReceiver, TARGETS, watchedOf } from "../../src/index.js";
import { assertGolden, PLANS } from "../golden.js";
import { rendered } from "../rendered.js";
import { MONITORED, VOTING, WITH_ALL } from "./monitored.js";
import { checked, written } from "./promtool.js";

for (const [name, plan] of Object.entries(MONITORED)) {
  test(`the files of the ${name} stack are as reviewed`, () => {
    for (const { path, text } of rendered("monitoring", plan).files) assertGolden(`monitoring/${name}/${path}`, text);
  });

  test(`Prometheus and Alertmanager take the files of the ${name} stack`, async (context) => {
    const folder = written(context, rendered("monitoring", plan).files);
    const prometheus = await checked(context, "promtool", ["check", "config", "prometheus/prometheus.yml"], folder);
    const alertmanager = await checked(context, "amtool", ["check-config", "alertmanager/alertmanager.yml"], folder);
    for (const outcome of [prometheus, alertmanager]) {
      if (outcome !== null) assert.equal(outcome.code, 0, `${outcome.stdout}${outcome.stderr}`);
    }
    const groups = ruleGroups(watchedOf(plan, hostReach(plan)));
    if (prometheus !== null) assert.match(prometheus.stdout, new RegExp(`SUCCESS: ${groups.length} rule files? found`));
  });
}

const RECEIVERS: Readonly<Record<string, AlarmReceiver>> = {
  nobody: { kind: "none" },
  "a mail server": smtpReceiver(MONITORED.hello),
  "a mail server without a name and a password": {
    kind: "smtp",
    to: "ops@example.com",
    from: "a@example.com",
    smarthost: "127.0.0.1:25",
    login: null,
  },
  SNS: WITH_ALL.receiver,
};

for (const [name, receiver] of Object.entries(RECEIVERS)) {
  test(`Alertmanager takes alarms to ${name}, and pages by another way than tickets`, async (context) => {
    const files = renderMonitoring(VOTING, { ...WITH_ALL, receiver });
    const folder = written(context, files);
    const config = ["--config.file=alertmanager/alertmanager.yml"];
    const valid = await checked(context, "amtool", ["check-config", "alertmanager/alertmanager.yml"], folder);
    if (valid === null) return;
    assert.equal(valid.code, 0, `${valid.stdout}${valid.stderr}`);
    for (const severity of ["page", "ticket"]) {
      const way = await checked(context, "amtool", ["config", "routes", "test", ...config, `severity=${severity}`], folder);
      assert.equal(way?.stdout.trim(), severity);
    }
    const prometheus = await checked(context, "promtool", ["check", "config", "prometheus/prometheus.yml"], folder);
    assert.equal(prometheus?.code, 0, `${prometheus?.stdout}${prometheus?.stderr}`);
  });
}

test("every scrape target of the plan is read, with the labels of its host, subnet and component", () => {
  for (const plan of Object.values(MONITORED)) {
    const expected = plan.scrapes.map(({ job, host, port, path, component }) => ({
      job,
      path,
      target: `${host}:${port}`,
      host,
      tier: plan.hosts.find(({ name }) => name === host)?.subnet,
      ...(component === null ? {} : { service: component }),
    }));
    assert.deepEqual(
      targetsIn(prometheusOf(plan)).filter(({ job }) => job !== "certificates"),
      expected,
    );
  }
});

test("with a domain, each public page is opened for its certificate, by way of the blackbox exporter", () => {
  const { files } = rendered("monitoring", MONITORED.secure);
  assert.deepEqual(
    targetsIn(prometheusOf(MONITORED.secure)).filter(({ job }) => job === "certificates"),
    [{ job: "certificates", path: "/probe", target: "https://web.poll.example.com", service: "web" }],
  );
  assert.match(textOf(files, "prometheus/prometheus.yml"), /target_label: __address__\n\s+replacement: "main:9115"/);
  const { modules } = parse(textOf(files, "blackbox/blackbox.yml")) as { modules: Record<string, unknown> };
  assert.deepEqual(Object.keys(modules), ["http_2xx"]);
  assert.match(textOf(files, "prometheus/rules/certificates.yml"), /CertificateNearEnd/);
});

test("the copies of a service that has several are found by the DNS, with the same labels", () => {
  const files = renderMonitoring(VOTING, {
    ...hostReach(VOTING),
    addressOf: ({ job, port }) =>
      job === "vote" ? { kind: "dns", name: "tasks.vote", port } : { kind: "static", address: `${job}:${port}` },
  });
  const job = parsedPrometheus(textOf(files, "prometheus/prometheus.yml")).scrape_configs.find(({ job_name }) => job_name === "vote");
  assert.deepEqual(job, {
    job_name: "vote",
    dns_sd_configs: [{ names: ["tasks.vote"], type: "A", port: 80, refresh_interval: "10s" }],
    relabel_configs: [
      { target_label: "host", replacement: "frontend" },
      { target_label: "tier", replacement: "public" },
      { target_label: "service", replacement: "vote" },
    ],
  });
});

test("of what is not there, nothing is expected: no target, no rule, no dashboard", () => {
  const files = renderMonitoring(VOTING, {
    ...hostReach(VOTING),
    alertmanager: null,
    addressOf: ({ exporter, host, port }) => (exporter === null ? { kind: "static", address: `${host}:${port}` } : null),
  });
  const paths = files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => /rules|dashboards\/.*json/.test(path)),
    [
      "prometheus/rules/services.yml",
      "prometheus/rules/pipeline.yml",
      "grafana/dashboards/infrastructure.json",
      "grafana/dashboards/pipeline.json",
    ],
  );
  const prometheus = textOf(files, "prometheus/prometheus.yml");
  assert.deepEqual(
    targetsIn(prometheus).map(({ job }) => job),
    ["prometheus", "vote", "worker", "result"],
  );
  assert.equal(parse(prometheus).alerting, undefined);
  assert.doesNotMatch(files.map(({ text }) => text).join(), /ExporterDown"/);
});

test("a runbook is found at the stack's own place", () => {
  const { files } = rendered("monitoring", MONITORED["single-host"]);
  const urls = files.flatMap(({ text }) => [...text.matchAll(/runbook_url: "(.*)"/g)].map(([, url]) => url));
  assert.ok(urls.length > 10);
  for (const url of urls) assert.match(url ?? "", /^https:\/\/git\.example\.com\/shop\/docs\/runbooks\/[A-Z][A-Za-z]+\.md$/);
});

test("names that mean something to a template or to PromQL are taken for themselves", async (context) => {
  const plan = planOf(
    stack("test", (s) => {
      const web = s.service("web", { image: build("./web"), port: 80, public: true });
      s.monitoring();
      s.pipeline({
        levels: { 'in "{{ $value }}" \\': web.metric("in_total"), "out {{ end }}": web.metric("out_total") },
        lag: { metric: web.metric("waiting"), drainedBy: web },
        latency: { 'a {{b}} "c"': web.metric("took_seconds") },
        errors: { "{{": web.metric("errors_total") },
      });
    }),
  );
  const folder = written(context, rendered("monitoring", plan).files);
  const outcome = await checked(context, "promtool", ["check", "config", "prometheus/prometheus.yml"], folder);
  if (outcome !== null) assert.equal(outcome.code, 0, `${outcome.stdout}${outcome.stderr}`);
});

test("a stack without monitoring gets a page that says what to write, and a note", () => {
  const { files, notes } = rendered("monitoring", PLANS.minimal ?? assert.fail());
  assert.deepEqual(
    files.map(({ path }) => path),
    ["README.md"],
  );
  assert.match(files[0]?.text ?? "", /s\.monitoring\(/);
  assert.match(notes.join(), /no monitoring.*add s\.monitoring/);
});

test("the password of a mail server stays out of git", () => {
  const ignored = (plan: typeof VOTING) => rendered("monitoring", plan).files.find(({ path }) => path === ".gitignore")?.text;
  assert.match(ignored(MONITORED.hello) ?? "", /^alertmanager\/smtp-password$/m);
  assert.equal(ignored(VOTING), undefined);
});

test("what nobody is told of is noted", () => {
  assert.deepEqual(rendered("monitoring", MONITORED.hello).notes, []);
  const { notes } = rendered("monitoring", MONITORED.awkward);
  assert.deepEqual(notes, [
    "public-service-with-a-name-of-40-letters has no metrics, so no alert tells when it is down",
    "background-job-without-a-port has no metrics, so no alert tells when it is down",
    "alarms.smarthost names no mail server: with these files alarms are shown and sent to nobody",
  ]);
});

test("the same stack gives the same bytes", () => {
  const target = TARGETS.find(({ name }) => name === "monitoring");
  const once = target?.render(VOTING, { stackFolder: ".." });
  assert.deepEqual(target?.render(JSON.parse(JSON.stringify(VOTING)), { stackFolder: ".." }), once);
});

interface ParsedPrometheus {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly metrics_path?: string;
    readonly static_configs?: readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[];
  }[];
}

const parsedPrometheus = (text: string): ParsedPrometheus => parse(text) as ParsedPrometheus;

function prometheusOf(plan: typeof VOTING): string {
  return textOf(rendered("monitoring", plan).files, "prometheus/prometheus.yml");
}

function textOf(files: readonly { readonly path: string; readonly text: string }[], path: string): string {
  return files.find((file) => file.path === path)?.text ?? assert.fail(path);
}

function targetsIn(text: string): readonly Readonly<Record<string, string | undefined>>[] {
  return parsedPrometheus(text).scrape_configs.flatMap(({ job_name, metrics_path = "/metrics", static_configs = [] }) =>
    static_configs.map(({ targets, labels }) => ({ job: job_name, path: metrics_path, target: targets.join(), ...labels })),
  );
}
