import type { Plan } from "@groundplan/model";
import type { Container } from "../../containers/container.js";
import { imageNameOf } from "../../containers/settings.js";
import type { GeneratedFile, Rendered, SecretFile } from "../../target.js";
import { inWords, shell, table } from "../../text/words.js";
import { inline, map, quoted, renderYaml } from "../../text/yaml.js";
import type { HostPlan, HostsPlan, ServiceMetric } from "../hosts-plan.js";
import { envTemplate } from "./docker-run.js";
import {
  deployMonitoring,
  plainScalar,
  renderComponents,
  renderConnections,
  renderMonitoringVariables,
  renderPlaybooks,
  renderSettings,
  type ShippedFile,
  shipped,
} from "./group-vars.js";

/** The folder of the agent's configuration on a host. */
const AGENT_FOLDER = "/opt/aws/amazon-cloudwatch-agent/etc";

/** What the agent reads of the services of its host. */
const SCRAPE_FILE = "groundplan-scrape.yml";

const SECONDS = 60;

/** Alarms look at each minute: two scrapes in it, so that none is empty because a scrape came a moment late. */
const AGENT_SCRAPE_SECONDS = 30;

/** Playbooks that bring the stack to the hosts that Terraform made; they drive the docker program and need Ansible alone. Paths begin with ansible/. */
export function renderAnsible(hosts: HostsPlan): Rendered {
  const { plan, containers } = hosts;
  const files: readonly GeneratedFile[] = [
    { path: "README.md", text: renderReadme(hosts) },
    { path: ".gitignore", text: GITIGNORE },
    asItIs("ansible.cfg"),
    { path: "inventory.yml", text: inventory(plan) },
    ...(["inventory_plugins/terraform_outputs.py", "files/wait_for_ssh.py", "files/probe.py"] as const).map(asItIs),
    { path: "group_vars/all/settings.yml", text: renderSettings(hosts) },
    { path: "group_vars/all/components.yml", text: renderComponents(hosts) },
    { path: "group_vars/all/connections.yml", text: renderConnections(hosts) },
    asItIs("group_vars/all/formats.yml"),
    ...containers.map((container) => ({ path: `env/${container.name}.env.j2`, text: envTemplate(container, hosts) })),
    ...TASKS.map((name) => asItIs(`tasks/${name}.yml`)),
    ...PLAYBOOKS.map((name) => asItIs(`playbooks/${name}.yml`)),
    ...renderPlaybooks(hosts),
    ...deployMonitoringFiles(hosts),
    ...cloudwatchFiles(hosts),
  ];
  return {
    files: files.map(({ path, text }) => ({ path: `ansible/${path}`, text })),
    secretFiles: plan.secrets.length === 0 ? [] : [secretsFile(hosts)],
    notes: [...hosts.leftOut.map(leftOutNote), ...copiesNotes(containers)],
  };
}

const TASKS = [
  "reach-host",
  "need-docker",
  "deliver-images",
  "deploy-component",
  "deploy-folder",
  "data-folder",
  "record-image",
  "find-previous",
  "stop-component",
] as const;

const PLAYBOOKS = ["install-docker", "deliver-images", "test-connectivity", "check-logs"] as const;

const asItIs = (path: ShippedFile): GeneratedFile => ({ path, text: shipped(path) });

const GITIGNORE = `# Secrets, and what follows from the outputs of Terraform.
secrets.env
terraform-output.json
ssh_config
known_hosts
*.retry
`;

function inventory({ hosts }: Plan): string {
  const names = hosts.map(({ name }) => `  - ${plainScalar(name)}`);
  return `---
# Addresses come from the outputs of Terraform: terraform-output.json in this folder, else "terraform output" is asked.
plugin: terraform_outputs
hosts:
${names.join("\n")}
`;
}

function secretsFile({ settings }: HostsPlan): SecretFile {
  const lines = [...settings].flatMap(([secret, name]) => [text(`${name}=`), { kind: "secret", name: secret } as const, text("\n")]);
  return {
    path: "ansible/secrets.env",
    form: "env",
    parts: [text("# Read by the playbooks; whoever has this file has the secrets.\n"), ...lines],
  };
}

const text = (value: string) => ({ kind: "text", text: value }) as const;

const leftOutNote = (name: string): string =>
  `${name} has no image, so it runs on no host: add image: build("./${name}") to s.service("${name}")`;

function copiesNotes(containers: readonly Container[]): readonly string[] {
  const several = containers.filter(({ copies }) => copies > 1).map(({ name }) => name);
  if (several.length === 0) return [];
  return [`${inWords(several)} ${several.length === 1 ? "runs" : "run"} once: a host publishes a port for one container`];
}

/** Files that other programs read are theirs to check: promtool, amtool. */
const ANSIBLE_LINT = `exclude_paths:
  - monitoring/
`;

/** What brings Prometheus, Alertmanager, Grafana and the exporters to the hosts; none for a stack without monitoring. */
function deployMonitoringFiles(hosts: HostsPlan): readonly GeneratedFile[] {
  const { plan, monitoring, monitoringFiles } = hosts;
  if (plan.monitoring === null) return [];
  // The node exporter is on every host.
  const variables = new Map(monitoring.map((container) => [container.name, envTemplate(container, hosts)]));
  return [
    { path: "playbooks/deploy-monitoring.yml", text: deployMonitoring(plan.monitoring.on) },
    { path: ".ansible-lint", text: ANSIBLE_LINT },
    { path: "tasks/write-monitor-files.yml", text: shipped("tasks/write-monitor-files.yml") },
    { path: "files/write_files.py", text: shipped("files/write_files.py") },
    { path: "group_vars/all/monitoring.yml", text: renderMonitoringVariables(hosts) },
    ...[...variables].map(([name, text]) => ({ path: `env/${name}.env.j2`, text })),
    ...monitoringFiles.map(({ path, text }) => ({ path: `monitoring/${path}`, text })),
  ];
}

/** ansible/README.md: what an operator asks first. */
function renderReadme(hosts: HostsPlan): string {
  const { plan, containers } = hosts;
  const deploys = renderPlaybooks(hosts)
    .map(({ path }) => path)
    .filter((path) => path.startsWith("playbooks/deploy-"));
  const built = containers.filter(({ image }) => image.kind === "built").map(({ name }) => imageNameOf(plan.stack, name));
  const sections = [
    `# The stack "${plan.stack}" on its hosts`,
    "Playbooks for the hosts that Terraform made. They need Ansible (core 2.14 or newer), OpenSSH and, to copy images, Docker on this machine;\nthe hosts need nothing but Ubuntu. Run everything in this folder.",
    "## First time",
    shell(
      "terraform -chdir=../terraform output -json > terraform-output.json   # again after each terraform apply",
      "export ANSIBLE_PRIVATE_KEY_FILE=~/.ssh/KEY                           # belongs to ssh_public_key; or use your SSH agent",
      "ansible-playbook site.yml",
    ),
    ...(built.length === 0
      ? []
      : [
          `The images ${built.map((image) => `\`${image}\``).join(", ")} must be on this machine, built for the hosts' processor. They are copied over\nSSH, once for each new content. With a registry: push them there, and say \`-e image_registry=registry.example.com/team\`.`,
        ]),
    "## Playbooks",
    table(
      ["playbook", "what it does"],
      [
        ["`site.yml`", "all of it, in start order; ends with `test-connectivity`"],
        ["`playbooks/install-docker.yml`", "Docker from Ubuntu's package, over HTTPS"],
        ["`playbooks/deliver-images.yml`", "images to the hosts that lack them"],
        ...deploys.map((path) => [`\`${path}\``, "one component; ends when it is healthy"]),
        ...(plan.monitoring === null ? [] : MONITORING),
        ["`playbooks/test-connectivity.yml`", "tries every link, every port between hosts, every public service; prints a table"],
        ["`playbooks/check-logs.yml`", "last lines of each container; `-e lines=100 -e component=NAME`"],
        ["`playbooks/rollback.yml`", "the images that ran before the last deploy; `-e component=NAME` for one"],
        ["`playbooks/stop-all.yml`", "stops everything, keeps the data; `site.yml` starts it again"],
      ],
    ),
    "`--check` shows what would change and changes nothing; `--limit HOST` and `--tags COMPONENT` take a part. What failed is tried again by\nrunning the same again. A container is replaced only when its image, options or variables changed.",
    "## Settings",
    "`group_vars/all/settings.yml` has them all, each with its meaning. Secrets are in `secrets.env`, which git ignores; on the hosts they are in\n`/var/lib/groundplan`, readable by root only. The password of a database is set when its data folder is new; to change it later, change it\nin the database too.",
    "## By hand",
    shell(
      "ssh -F ssh_config HOST                                  # after any playbook; private hosts by way of the bastion",
      "ssh -F ssh_config HOST sudo docker ps",
      "ssh -F ssh_config HOST sudo docker logs --follow COMPONENT",
    ),
    "`ssh_config` is written from Terraform's outputs whenever Ansible runs. Host keys are kept in `known_hosts` here; nothing is written into\n`~/.ssh`.",
  ];
  return `${sections.join("\n\n")}\n`;
}

const MONITORING = [
  ["`playbooks/deploy-monitoring.yml`", "Prometheus, Alertmanager, Grafana, exporters; ends when every target is read"],
  ["`playbooks/setup-cloudwatch.yml`", "the CloudWatch agent: figures for the alarms, and logs"],
] as const;

/** What sets up the CloudWatch agent: playbook, tasks, and its configuration for each host; none for a stack without monitoring. */
function cloudwatchFiles(plan: HostsPlan): readonly GeneratedFile[] {
  if (plan.monitoring.length === 0) return [];
  const hosts = plan.hosts.filter(({ reports }) => reports);
  return [
    { path: "playbooks/setup-cloudwatch.yml", text: setupCloudwatch(plan, hosts) },
    { path: "tasks/install-cloudwatch-agent.yml", text: shipped("tasks/install-cloudwatch-agent.yml") },
    ...hosts.map((host) => ({ path: `cloudwatch/${host.name}.json`, text: `${JSON.stringify(agentConfig(plan, host), null, 2)}\n` })),
    ...hosts
      .filter((host) => metricsOfHost(plan, host).length > 0)
      .map((host) => ({ path: `cloudwatch/${host.name}.scrape.yml.j2`, text: renderScrapeConfig(plan, host) })),
  ];
}

function setupCloudwatch(plan: HostsPlan, hosts: readonly HostPlan[]): string {
  const namesOf = (some: readonly HostPlan[]) => some.map(({ name }) => plainScalar(name)).join(", ");
  return shipped("playbooks/setup-cloudwatch.yml", {
    REPORTING_HOSTS: namesOf(hosts),
    SCRAPING_HOSTS: namesOf(hosts.filter((host) => metricsOfHost(plan, host).length > 0)),
    LOG_GROUPS: Object.values(plan.cloudwatch.logGroups).join(", "),
    AGENT_FOLDER,
    SCRAPE_FILE,
  });
}

/**
 * The configuration of the CloudWatch agent of a host: figures with exactly the dimensions that alarms and dashboard read, and logs. Fields:
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html
 */
export function agentConfig(plan: HostsPlan, host: HostPlan): object {
  const { namespace, logGroups: groups } = plan.cloudwatch;
  const metrics = metricsOfHost(plan, host);
  return {
    // Root, since the logs of containers are readable for nobody else. Its own name of the host is Amazon's, not the stack's.
    agent: { metrics_collection_interval: SECONDS, omit_hostname: true, run_as_user: "root" },
    metrics: {
      namespace,
      // Disks come with their device and file system, which no alarm can know.
      aggregation_dimensions: [["host", "path"]],
      metrics_collected: hostMetrics(host),
    },
    logs: {
      log_stream_name: host.name,
      logs_collected: {
        files: {
          collect_list: [
            systemLog(groups.system ?? "", host, "syslog"),
            systemLog(groups.system ?? "", host, "auth.log"),
            {
              file_path: "/var/lib/docker/containers/*/*-json.log",
              // A stream for each container; its lines are JSON and say in attrs.tag which one it is.
              publish_multi_logs: true,
              log_group_name: groups.containers,
              log_stream_name: host.name,
            },
          ],
        },
      },
      ...(metrics.length === 0 || groups.metrics === undefined
        ? {}
        : { metrics_collected: { prometheus: pipeline(plan, metrics, groups.metrics) } }),
    },
  };
}

/** What services of this host tell of the stack's flow, of that what alarms watch. */
function metricsOfHost(plan: HostsPlan, { runs }: HostPlan): readonly ServiceMetric[] {
  const flow = plan.cloudwatch.pipeline;
  return flow === null ? [] : [flow.lag, flow.done].filter(({ service }) => runs.includes(service));
}

function hostMetrics(host: HostPlan): object {
  const append_dimensions = { host: host.name };
  return {
    cpu: { measurement: ["usage_active"], totalcpu: true, append_dimensions },
    mem: { measurement: ["used_percent"], append_dimensions },
    disk: {
      measurement: ["used_percent"],
      resources: host.mounts,
      // Amazon bills each: the aggregated one is enough.
      drop_original_metrics: ["disk_used_percent"],
      append_dimensions,
    },
    // Disks and not their partitions; interfaces of the machine and not those of containers, which come and go.
    diskio: { measurement: ["read_bytes", "write_bytes"], resources: ["nvme?n1", "xvd?"], append_dimensions },
    net: { measurement: ["bytes_recv", "bytes_sent"], resources: ["en*", "eth*"], append_dimensions },
    processes: { measurement: ["total"], append_dimensions },
  };
}

function systemLog(group: string, { name }: HostPlan, file: string): object {
  return {
    file_path: `/var/log/${file}`,
    log_group_name: group,
    log_stream_name: `${name}/${file}`,
    timestamp_format: "%Y-%m-%dT%H:%M:%S",
    timezone: "UTC",
  };
}

/** Each with the one dimension `service`. A counter becomes what it grew by since the last scrape: that is what the agent does to counters. */
function pipeline(plan: HostsPlan, metrics: readonly ServiceMetric[], group: string): object {
  return {
    log_group_name: group,
    prometheus_config_path: `${AGENT_FOLDER}/${SCRAPE_FILE}`,
    emf_processor: {
      metric_namespace: plan.cloudwatch.namespace,
      metric_declaration: metrics.map(({ service, metric }) => ({
        source_labels: ["service"],
        label_matcher: `^${service}$`,
        dimensions: [["service"]],
        metric_selectors: [`^${metric}$`],
      })),
    },
  };
}

/** What the CloudWatch agent reads of the services of its host, as a template: Prometheus' own format. */
function renderScrapeConfig(plan: HostsPlan, host: HostPlan): string {
  const services = [...new Set(metricsOfHost(plan, host).map(({ service }) => service))];
  return renderYaml(
    "What the CloudWatch agent reads of the services of this host, for the alarms on the stack's flow.",
    map({
      global: map({ scrape_interval: `${AGENT_SCRAPE_SECONDS}s`, scrape_timeout: "10s" }),
      scrape_configs: services.map((service) => {
        const { port = null, metrics = null } = plan.plan.components.find(({ name }) => name === service) ?? {};
        return map({
          job_name: quoted(service),
          metrics_path: quoted(metrics ?? "/metrics"),
          static_configs: [map({ targets: inline([quoted(`{{ private_ip }}:${port}`)]), labels: map({ service: quoted(service) }) })],
        });
      }),
    }),
  );
}
