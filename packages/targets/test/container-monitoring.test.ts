import assert from "node:assert/strict";
import { test } from "node:test";
import { build, type Plan, planOf, stack } from "@groundplan/model";
import { STAND_IN_IMAGES } from "@groundplan/testing";
import { parse } from "yaml";
import { containerPlanOf, MONITORING_IMAGES } from "../src/index.js";
import { assertGolden } from "./golden.js";
import { MONITORED, VOTING } from "./monitoring/monitored.js";
import { composeOf, type ParsedFile, rendered, serviceOf, swarmOf, textOf } from "./rendered.js";

const FILES: readonly { readonly target: string; readonly of: (plan: Plan) => ParsedFile; readonly file: string }[] = [
  { target: "compose", of: composeOf, file: "compose.yaml" },
  { target: "swarm", of: swarmOf, file: "stack.yaml" },
];
const SERVERS = ["prometheus", "alertmanager", "grafana"];

interface ScrapeConfig {
  readonly job_name: string;
  readonly static_configs?: readonly { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> }[];
  readonly dns_sd_configs?: readonly { readonly names: readonly string[]; readonly port: number }[];
  readonly relabel_configs?: readonly Readonly<Record<string, unknown>>[];
}

function scrapesOf(target: string, plan: Plan): readonly ScrapeConfig[] {
  return parse(textOf(target, plan, "prometheus/prometheus.yml")).scrape_configs;
}

/** Job -> where Prometheus reads it. */
function addresses(target: string, plan: Plan): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    scrapesOf(target, plan).map(({ job_name, static_configs = [], dns_sd_configs = [] }) => [
      job_name,
      [
        ...static_configs.flatMap(({ targets }) => targets),
        ...dns_sd_configs.flatMap(({ names, port }) => names.map((name) => `dns ${name}:${port}`)),
      ],
    ]),
  );
}

for (const { target, file } of FILES) {
  test(`${file} of ${target} for a stack that sends alarms by mail is the golden file`, () => {
    for (const path of [file, "README.md", ".gitignore"]) assertGolden(`${target}/mail/${path}`, textOf(target, MONITORED.hello, path));
  });

  test(`what Prometheus reads under ${target} is the golden file`, () =>
    assertGolden(`${target}/voting/prometheus/prometheus.yml`, textOf(target, VOTING, "prometheus/prometheus.yml")));
}

test("Prometheus finds what it reads by the names of the containers, and every copy of a service with copies", () => {
  const fixed = { prometheus: ["localhost:9090"], db: ["db-exporter:9187"], redis: ["redis-exporter:9121"], result: ["result:5001"] };
  assert.deepEqual(addresses("compose", VOTING), {
    ...fixed,
    "node-exporter": ["node-exporter:9100"],
    vote: ["dns vote:80"],
    worker: ["dns worker:8000"],
  });
  assert.deepEqual(addresses("swarm", VOTING), {
    ...fixed,
    "node-exporter": ["dns tasks.node-exporter:9100"],
    vote: ["dns tasks.vote:80"],
    worker: ["dns tasks.worker:8000"],
  });
});

test("in a swarm each node exporter is a host of its own address", () => {
  const rules = scrapesOf("swarm", VOTING).find(({ job_name }) => job_name === "node-exporter")?.relabel_configs ?? [];
  const [last] = rules.filter(({ target_label }) => target_label === "host").slice(-1);
  assert.deepEqual(last, { source_labels: ["__address__"], regex: "(.*):\\d+", target_label: "host" });
  const worker = scrapesOf("swarm", VOTING).find(({ job_name }) => job_name === "worker")?.relabel_configs ?? [];
  assert.deepEqual(worker.filter(({ target_label }) => target_label === "host").length, 1);
  assert.equal(serviceOf(swarmOf(VOTING), "node-exporter").deploy?.mode, "global");
});

test("what has no container is not read, and no rule expects it", () => {
  const plan = planOf(
    stack("test", (s) => {
      s.service("web", { image: build("./web"), port: 80, public: true, metrics: "/metrics" });
      s.service("local", { local: "node local.js", port: 81, metrics: "/metrics" });
      s.monitoring();
    }),
  );
  for (const { target } of FILES) {
    assert.deepEqual(Object.keys(addresses(target, plan)), ["prometheus", "node-exporter", "web"]);
    const texts = rendered(target, plan).files.filter(({ path }) => /^(prometheus|grafana)\//.test(path));
    assert.ok(texts.every(({ text }) => !text.includes('"local"')));
  }
});

test("every file of monitoring is in the container that reads it, at its place, and no other", () => {
  for (const plan of Object.values(MONITORED)) {
    const own = rendered("compose", plan).files.flatMap(({ path }) => (/^(prometheus|alertmanager|grafana)\//.test(path) ? [path] : []));
    const { services } = composeOf(plan);
    const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.flatMap((volume) => (typeof volume === "string" && volume.startsWith("./") ? [volume] : [])),
    );
    assert.deepEqual(mounted.map((volume) => volume.slice(2).split(":")[0]).sort(), [...own].sort());
    assert.ok(mounted.every((volume) => volume.endsWith(":ro")));

    const swarm = swarmOf(plan);
    const given = Object.values(swarm.services).flatMap(({ configs = [] }) =>
      configs.map(({ source, target }) => `${swarm.configs?.[source]?.file}:${target}:ro`),
    );
    assert.deepEqual(given.sort(), mounted.sort());
  }
  const { volumes } = serviceOf(composeOf(VOTING), "prometheus");
  assert.ok(volumes?.includes("./prometheus/rules/pipeline.yml:/etc/prometheus/rules/pipeline.yml:ro"));
});

test("new contents of a file start those anew that read it, and nobody else", () => {
  const changed: Plan = { ...VOTING, monitoring: { ...(VOTING.monitoring ?? assert.fail()), runbooks: "https://example.com" } };
  for (const name of SERVERS) {
    const labels = [VOTING, changed].map((plan) => serviceOf(composeOf(plan), name).labels?.["groundplan.files"]);
    assert.equal(labels[0] !== labels[1], name === "prometheus", name);
    const configs = [VOTING, changed].map((plan) =>
      serviceOf(swarmOf(plan), name)
        .configs?.map(({ source }) => source)
        .join(),
    );
    assert.equal(configs[0] !== configs[1], name === "prometheus", name);
  }
});

test("programs of monitoring have no privileges, write to /tmp and their data only, and keep to their memory", () => {
  for (const { target, of } of FILES) {
    for (const plan of Object.values(MONITORED)) {
      const { monitoring } = containerPlanOf(plan);
      for (const { name } of monitoring) {
        const service = serviceOf(of(plan), name);
        assert.ok(service.read_only && service.cap_drop?.includes("ALL"), `${target} ${name}`);
        assert.ok(JSON.stringify(service).includes("/tmp"), `${target} ${name}`);
        assert.match(JSON.stringify(service), /"mem_limit":"\d+m"|"limits":\{"memory":"\d+M"\}/);
        const writable = (service.volumes ?? []).filter((volume) => typeof volume === "string" && !volume.endsWith(":ro"));
        assert.equal(writable.length, SERVERS.includes(name) ? 1 : 0, `${target} ${name}`);
      }
    }
  }
});

test("Prometheus and Grafana are published to this machine only, whatever BIND_ADDRESS opens, and the others not at all", () => {
  const { services } = composeOf(VOTING);
  assert.deepEqual(services.prometheus?.ports, [`\${MONITORING_BIND_ADDRESS:-127.0.0.1}:\${PROMETHEUS_PORT:-9090}:9090`]);
  assert.deepEqual(services.grafana?.ports, [`\${MONITORING_BIND_ADDRESS:-127.0.0.1}:\${GRAFANA_PORT:-3000}:3000`]);
  const { monitoring } = containerPlanOf(VOTING);
  const published = monitoring.filter(({ name }) => services[name]?.ports !== undefined).map(({ name }) => name);
  assert.deepEqual(published, ["prometheus", "grafana"]);
  assert.match(rendered("swarm", VOTING).notes.join(), /Prometheus \(9090\) and Grafana \(3000\) on all addresses of every node/);
});

test("a secret whose variable would be a port of monitoring gets another one", () => {
  const plan = planOf(
    stack("test", (s) => {
      s.service("web", {
        image: build("./web"),
        port: 80,
        public: true,
        env: { A: s.secret("grafana-port"), B: s.secret("monitoring-bind-address") },
      });
      s.monitoring();
    }),
  );
  const { environment } = serviceOf(composeOf(plan), "web");
  assert.deepEqual(
    [environment?.A, environment?.B],
    [`\${GRAFANA_PORT_:?write it into .env}`, `\${MONITORING_BIND_ADDRESS_:?write it into .env}`],
  );
});

test("Alertmanager leads out of the stack, and has the password of the mail server, only where it sends mail", () => {
  const leadsOut = (file: ParsedFile) =>
    serviceOf(file, "alertmanager").networks.filter((name) => file.networks[name] === null || !("internal" in (file.networks[name] ?? {})));
  for (const { target, of } of FILES) {
    assert.deepEqual(leadsOut(of(MONITORED.hello)), ["alertmanager-internet"], target);
    assert.deepEqual(leadsOut(of(VOTING)), [], target);
    assert.match(textOf(target, MONITORED.hello, ".gitignore"), /^alertmanager\/smtp-password$/m);
    assert.doesNotMatch(textOf(target, VOTING, ".gitignore"), /smtp/);
    const fix = /with the password that you write into alertmanager\/smtp-password$/;
    assert.match(rendered(target, MONITORED.hello).notes.join(), fix);
    assert.doesNotMatch(rendered(target, VOTING).notes.join(), fix);
    assert.ok(
      rendered(target, MONITORED.hello).secretFiles.every(({ path }) => !path.includes("smtp")),
      "nobody makes up that password",
    );
    assert.match(
      textOf(target, MONITORED.hello, "alertmanager/alertmanager.yml"),
      /smtp_auth_password_file: "\/etc\/alertmanager\/smtp-password"/,
    );
  }
  assert.deepEqual(serviceOf(composeOf(MONITORED.hello), "alertmanager").volumes?.[1], {
    type: "bind",
    source: "./alertmanager/smtp-password",
    target: "/etc/alertmanager/smtp-password",
    read_only: true,
  });
  const swarm = swarmOf(MONITORED.hello);
  assert.deepEqual(serviceOf(swarm, "alertmanager").secrets, [
    { source: "alertmanager-smtp-password", target: "/etc/alertmanager/smtp-password" },
  ]);
  assert.equal(swarm.secrets?.["alertmanager-smtp-password"]?.file, "./alertmanager/smtp-password");
});

test("pages have no HTTPS here, so nothing asks for their certificates", () => {
  for (const { of, target } of FILES) {
    assert.equal(of(MONITORED.secure).services["blackbox-exporter"], undefined);
    assert.doesNotMatch(textOf(target, MONITORED.secure, "prometheus/prometheus.yml"), /https|probe/);
  }
});

test("the node exporter reads the machine's own figures, and none of its container's network", () => {
  for (const { of } of FILES) {
    const { command = [], volumes = [] } = serviceOf(of(VOTING), "node-exporter");
    for (const flag of ["--path.rootfs=/host", "--path.procfs=/host/proc", "--path.sysfs=/host/sys", "--no-collector.netdev"]) {
      assert.ok(command.includes(flag), flag);
    }
    assert.ok(volumes.includes("/:/host:ro"));
  }
});

test("the exporter of a PostgreSQL has its password as a secret", () => {
  assert.equal(serviceOf(composeOf(VOTING), "db-exporter").environment?.DATA_SOURCE_PASS, `\${DB_PASSWORD:?write it into .env}`);
  const { environment, secrets } = serviceOf(swarmOf(VOTING), "db-exporter");
  assert.deepEqual([environment?.DATA_SOURCE_PASS, secrets], [undefined, ["db-exporter-data-source-pass"]]);
  assert.equal(environment?.DATA_SOURCE_PASS_FILE, "/run/secrets/db-exporter-data-source-pass");
});

test("tests run stand-ins of the images that monitoring names", () => {
  const { grafana: _, blackboxExporter: __, ...others } = MONITORING_IMAGES;
  for (const [name, image] of Object.entries(others)) assert.equal(STAND_IN_IMAGES[name as keyof typeof others].tag, image);
});
