import { PROMETHEUS_PORT } from "@groundplan/model";
import { inline, map, mapEach, noted, quoted, renderYaml, section, type YamlValue } from "../text/yaml.js";
import { CERTIFICATE_JOB } from "./hosts.js";
import type { CertificateProbe } from "./reach.js";
import { EVALUATE_SECONDS, promDuration, RETENTION_DAYS, SCRAPE_SECONDS, SCRAPE_TIMEOUT_SECONDS } from "./timing.js";
import type { Watched, WatchedScrape } from "./watched.js";

/** The file prometheus.yml. Rule files lie in `rules/` beside it. */
export function renderPrometheus({ plan, scrapes, reach }: Watched): string {
  const { alertmanager, certificates } = reach;
  const jobs = [...new Set(scrapes.map(({ job }) => job))];
  const rows = jobs.map((job) =>
    jobOf(
      job,
      scrapes.filter((scrape) => scrape.job === job),
    ),
  );
  return renderYaml(
    `What Prometheus reads of the stack "${plan.stack}". Made by groundplan from the stack file: change that, and make this anew.`,
    map({
      global: map({
        scrape_interval: promDuration(SCRAPE_SECONDS),
        scrape_timeout: promDuration(SCRAPE_TIMEOUT_SECONDS),
        evaluation_interval: promDuration(EVALUATE_SECONDS),
        external_labels: map({ stack: quoted(plan.stack) }),
      }),
      rule_files: ["rules/*.yml"],
      alerting:
        alertmanager === null ? undefined : map({ alertmanagers: [map({ static_configs: [map({ targets: [quoted(alertmanager)] })] })] }),
      scrape_configs: section(
        "Labels: host and service as in the stack file; tier is the subnet of the host.",
        certificates === null ? rows : [...rows, certificateJob(certificates)],
      ),
    }),
  );
}

function jobOf(job: string, scrapes: readonly WatchedScrape[]): YamlValue {
  const fixed = scrapes.filter(({ address }) => address.kind === "static");
  const found = scrapes.filter(({ address }) => address.kind === "dns");
  return map({
    job_name: quoted(job),
    metrics_path: scrapes[0]?.path === "/metrics" ? undefined : quoted(scrapes[0]?.path ?? ""),
    static_configs: fixed.length === 0 ? undefined : fixed.map(staticTarget),
    dns_sd_configs: found.length === 0 ? undefined : found.map(dnsTarget),
    relabel_configs: found.length === 0 ? undefined : found.flatMap(dnsLabels),
  });
}

function staticTarget({ address, labels }: WatchedScrape): YamlValue {
  const target = address.kind === "static" ? address.address : "";
  return map({ targets: inline([quoted(target)]), labels: mapEach(Object.entries(labels), ([name, value]) => [name, quoted(value)]) });
}

function dnsTarget({ address }: WatchedScrape): YamlValue {
  if (address.kind !== "dns") return null;
  const { name, port } = address;
  return noted("Every copy there is now.", map({ names: [quoted(name)], type: "A", port, refresh_interval: promDuration(SCRAPE_SECONDS) }));
}

/** A discovered target takes labels from rules only. Node exporters that are found are machines that the stack does not name: each is a host. */
function dnsLabels({ labels, exporter }: WatchedScrape): readonly YamlValue[] {
  const fixed = Object.entries(labels).map(([name, value]) =>
    map({ target_label: name, replacement: quoted(value.replaceAll("$", "$$$$")) }),
  );
  const machine = map({ source_labels: inline(["__address__"]), regex: quoted("(.*):\\d+"), target_label: "host" });
  return exporter === "node" ? [...fixed, machine] : fixed;
}

function certificateJob({ exporter, pages }: CertificateProbe): YamlValue {
  return noted(
    "The blackbox exporter opens each page as a browser does, and tells when its certificate ends.",
    map({
      job_name: CERTIFICATE_JOB,
      scrape_interval: "1m",
      scrape_timeout: "10s",
      metrics_path: "/probe",
      params: map({ module: [BLACKBOX_MODULE] }),
      static_configs: pages.map(({ service, url }) => map({ targets: [quoted(url)], labels: map({ service: quoted(service) }) })),
      relabel_configs: [
        map({ source_labels: ["__address__"], target_label: "__param_target" }),
        map({ source_labels: ["__address__"], target_label: "instance" }),
        map({ target_label: "__address__", replacement: quoted(exporter) }),
      ],
    }),
  );
}

export interface PrometheusPlaces {
  /** prometheus.yml as the server sees it. */
  readonly configFile: string;
  readonly dataFolder: string;
  /** Default: all addresses, port 9090. */
  readonly listen?: string;
}

/** What the server is started with: 15 days are kept. */
export function prometheusArguments({
  configFile,
  dataFolder,
  listen = `0.0.0.0:${PROMETHEUS_PORT}`,
}: PrometheusPlaces): readonly string[] {
  return [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${dataFolder}`,
    `--storage.tsdb.retention.time=${RETENTION_DAYS}d`,
    `--web.listen-address=${listen}`,
  ];
}

/** The module that Prometheus asks the blackbox exporter for. */
const BLACKBOX_MODULE = "http_2xx";

/** The file blackbox.yml: how a public page is opened. */
export function renderBlackbox(): string {
  const http = map({ method: "GET", fail_if_not_ssl: true, preferred_ip_protocol: "ip4" });
  return renderYaml(
    "How the public pages are opened, to see their certificates.",
    map({ modules: map({ [BLACKBOX_MODULE]: map({ prober: "http", timeout: "8s", http }) }) }),
  );
}
