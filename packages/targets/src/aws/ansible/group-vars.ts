import { ALERTMANAGER_PORT, type Plan, PROMETHEUS_PORT, reachability } from "@groundplan/model";
import { type Container, dataVolumes } from "../../containers/container.js";
import { DEFAULT_TAG } from "../../containers/settings.js";
import { monitoringOf } from "../../monitoring/reach.js";
import type { GeneratedFile } from "../../target.js";
import { inline, map, mapEach, noted, quoted, renderYaml, section, type YamlValue } from "../../text/yaml.js";
import { DATA_MOUNT, type HostsPlan } from "../hosts-plan.js";
import { ansibleComponent } from "./docker-run.js";
import { SHIPPED } from "./shipped-files.generated.js";

/** A file in shipped/, where playbooks, tasks and Python lie as the files that they are: editors and linters read them there. */
export type ShippedFile = keyof typeof SHIPPED;

/** What readers of YAML 1.1, such as Ansible's, take for something else than text. */
const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null)$/;

/** group_vars/all/settings.yml: what one may want to change, for all hosts. */
export function renderSettings({ plan, settings: secrets }: HostsPlan): string {
  const settings = [...secrets.values()];
  return renderYaml(
    `Settings of the deployment of "${plan.stack}". What differs for once: ansible-playbook site.yml -e image_tag=v2\nMade by groundplan: lasting changes belong into a file of your own beside this one, which is read after it (zz-mine.yml).`,
    map({
      stack: plan.stack,
      image_tag: section("Version of the images that are built.", DEFAULT_TAG),
      image_registry: section(
        "Where the hosts pull them from, for example registry.example.com/team. Empty: they are copied from this machine over SSH.",
        quoted(""),
      ),
      pull_public_images: section(
        "Whether the hosts pull public images from the internet. false: they are copied from this machine too.",
        plan.aws.nat,
      ),
      apt_mirror: section(
        "Ubuntu packages over HTTPS: the hosts may open no connection to port 80.",
        quoted("https://mirrors.edge.kernel.org/ubuntu"),
      ),
      keep_images: section("How many versions of each image a host keeps, for playbooks/rollback.yml.", 3),
      reach_timeout_seconds: section("How long a machine may take to start, and a component to become healthy.", 300),
      health_timeout_seconds: 300,
      data_folder: section("Places on the hosts.", DATA_MOUNT),
      deploy_folder: "/var/lib/groundplan/{{ stack }}",
      secret_names: section("What secrets.env must hold, as lines NAME=value.", inline(settings)),
      // A stack without secrets has no such file.
      secrets: settings.length === 0 ? map({}) : quoted(SECRETS_FILE),
      image_prefix: section("What follows from the above.", quoted("{{ image_registry ~ '/' if image_registry else '' }}")),
      registry_components: quoted(
        "{{ components | dict2items | selectattr('value.built') | map(attribute='key') if image_registry else [] }}",
      ),
      copied_kinds: quoted("{{ ([] if image_registry else [true]) + ([] if pull_public_images | bool else [false]) }}"),
      copied_components: quoted("{{ components | dict2items | selectattr('value.built', 'in', copied_kinds) | map(attribute='key') }}"),
    }),
  );
}

const SECRETS_FILE =
  "{{ dict(lookup('ansible.builtin.file', inventory_dir ~ '/secrets.env').splitlines() | select('match', '^[A-Za-z_].*=') | map('split', '=', 1)) }}";

/** group_vars/all/components.yml: what runs where, and how. */
export function renderComponents(hosts: HostsPlan): string {
  return renderYaml(
    `What runs on which host of "${hosts.plan.stack}", in start order; the variables are in env/. Made by groundplan: change the stack file.`,
    map({
      components: section(
        "options: arguments of docker container run.",
        mapEach(hosts.containers, (container) => [container.name, componentValue(container, hosts)]),
      ),
    }),
  );
}

/** group_vars/all/connections.yml: what playbooks/test-connectivity.yml tries. */
export function renderConnections(hosts: HostsPlan): string {
  const visited = hosts.plan.components.filter(({ public: isPublic, health }) => isPublic && health.kind === "http");
  return renderYaml(
    "What playbooks/test-connectivity.yml tries, from the rules of the security groups. Made by groundplan: change the stack file.",
    map({
      connections: section(
        "as: the component whose container the connection leaves from; without it, the host itself. open: whether it must be possible.",
        triedConnections(hosts).map(({ from, as, to, port, open, why }) =>
          inline(map({ from, as: as ?? undefined, to, port, open, why: quoted(why) })),
        ),
      ),
      public_services: section(
        "From the machine that Ansible runs on.",
        visited.map(({ name, health }) => inline(map({ service: name, path: quoted(health.kind === "http" ? health.ready : "") }))),
      ),
    }),
  );
}

function componentValue(container: Container, hosts: HostsPlan): YamlValue {
  const { host, image, repository, built, data, options, command } = ansibleComponent(container, hosts);
  return map({
    host,
    image: quoted(image),
    repository: quoted(repository),
    built,
    data: data === null ? null : quoted(data),
    options: options.map(quoted),
    command: command.length === 0 ? inline([]) : command.map(quoted),
  });
}

/** group_vars/all/monitoring.yml: what runs for monitoring, and the settings of the CloudWatch agent. */
export function renderMonitoringVariables(hosts: HostsPlan): string {
  const { plan, monitoring, cloudwatch } = hosts;
  const { on } = monitoringOf(plan);
  const there = hosts.hosts
    .map(({ name }) => [name, monitoring.filter(({ host }) => host === name)] as const)
    .filter(([, own]) => own.length > 0);
  const reading = monitoring.filter(({ files }) => files.length > 0);
  const links = monitoring.flatMap(({ name, asks }): readonly (readonly [string, number])[] =>
    asks === "everything" ? [[name, ALERTMANAGER_PORT]] : asks === "figures" ? [[name, PROMETHEUS_PORT]] : [],
  );
  return renderYaml(
    `The monitoring of "${plan.stack}". Made by groundplan: change the stack file; settings belong into a file of your own beside this one (zz-mine.yml).`,
    map({
      monitors_left_out: section("Containers below that are not wanted, for example [grafana].", inline([])),
      cloudwatch_agent_version: section(
        'Of Amazon\'s package: "latest" is installed where there is none, and then left alone; a version is seen to.',
        "latest",
      ),
      cloudwatch_agent_source: section(
        "Where Amazon publishes it. Whoever mirrors it there needs its signature and key beside it.",
        quoted("https://amazoncloudwatch-agent.s3.amazonaws.com"),
      ),
      cloudwatch_agent_fingerprint: section(
        "The key that signs it: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/verify-CloudWatch-Agent-Package-Signature.html",
        quoted("937616F3450B7D806CBD9725D58167303B789C72"),
      ),
      sends_alarms: section("Whether Alertmanager sends alarms to the topic that Terraform made.", cloudwatch.sendsAlarms),
      monitor_folder: section("Files of Prometheus, Alertmanager and Grafana.", quoted("{{ inventory_dir }}/monitoring/")),
      monitor_files: noted(
        "Who reads what there.",
        mapEach(reading, ({ name, files }) => [name, files.map(({ path }) => quoted(path))]),
      ),
      monitor_sums: noted(
        "Their contents in a word each.",
        mapEach(reading, ({ name }) => [name, quoted(sumOf(name))]),
      ),
      monitor_links: section(
        "Who must be able to open which port of the monitoring host.",
        links.map(([from, port]) => inline(map({ as: from, to: on, port }))),
      ),
      monitors: section(
        "Host -> what runs there. As in components.yml.",
        mapEach(there, ([host, own]) => [host, mapEach(own, (container) => [container.name, componentValue(container, hosts)])]),
      ),
    }),
  );
}

function sumOf(name: string): string {
  const paths = `monitor_files['${name}'] | map('regex_replace', '^', monitor_folder)`;
  return `{{ query('ansible.builtin.file', *(${paths})) | to_json | hash('sha256') }}`;
}

/** A connection that test-connectivity tries. */
export interface TriedConnection {
  readonly from: string;
  /** The component whose network it leaves from; `null`: the host itself. */
  readonly as: string | null;
  readonly to: string;
  readonly port: number;
  /** Whether it must open; `false`: it must not. */
  readonly open: boolean;
  readonly why: string;
}

const SSH_PORT = 22;

/** Every link from its user's container, and from each host every port of every other host that something listens on. */
export function triedConnections({ plan, containers }: HostsPlan): readonly TriedConnection[] {
  const running = new Set(containers.map(({ name }) => name));
  const links = plan.links
    .filter(({ from, to }) => running.has(from) && running.has(to))
    .map(({ from, to, fromHost, toHost, port }): TriedConnection => {
      return { from: fromHost, as: from, to: toHost, port, open: true, why: `link ${from} to ${to}` };
    });
  const seen = new Set<string>();
  const unique = links.filter(({ as, to, port }) => {
    const key = `${as} ${to} ${port}`;
    return !seen.has(key) && seen.add(key);
  });
  return [...unique, ...betweenHosts(plan, running)];
}

function betweenHosts(plan: Plan, running: ReadonlySet<string>): readonly TriedConnection[] {
  const { hosts, components } = plan;
  const reaches = reachability(plan);
  const verdict = (from: string, to: string, port: number): Pick<TriedConnection, "open" | "why"> => {
    const reach = reaches.find((each) => each.from === from && each.to === to && each.port === port);
    return reach === undefined ? { open: false, why: "no rule" } : { open: true, why: reach.because.at(-1)?.purpose ?? "" };
  };
  return hosts.flatMap((from) =>
    hosts
      .filter((to) => to !== from)
      .flatMap((to) => {
        const served = components.filter(({ name, host }) => host === to.name && running.has(name)).map(({ port }) => port);
        const ports = [...new Set([SSH_PORT, ...served])].filter((port) => port !== null).sort((a, b) => a - b);
        return ports.map((port) => ({ from: from.name, as: null, to: to.name, port, ...verdict(from.name, to.name, port) }));
      }),
  );
}

/** The playbooks that follow from the components, and site.yml, which runs all in order. */
export function renderPlaybooks(hosts: HostsPlan): readonly GeneratedFile[] {
  const { containers } = hosts;
  const fileOf = (container: Container) => `deploy-${deployName(container, hosts)}.yml`;
  return [
    ...containers.map((container) => ({ path: `playbooks/${fileOf(container)}`, text: deployPlaybook(container, hosts) })),
    { path: "playbooks/stop-all.yml", text: stopAll(hosts) },
    { path: "playbooks/rollback.yml", text: rollback(containers) },
    { path: "site.yml", text: site(containers.map(fileOf), hosts) },
  ];
}

/** playbooks/deploy-monitoring.yml. `on`: the monitoring host. */
export function deployMonitoring(on: string): string {
  return shipped("playbooks/deploy-monitoring.yml", { MONITORING_HOST: on, PROMETHEUS_PORT: String(PROMETHEUS_PORT) });
}

/** How the playbook of a component calls it: by its name, and "database" for the only PostgreSQL, which is what an operator looks for. */
function deployName({ name }: Container, { plan: { components } }: HostsPlan): string {
  const databases = components.filter(({ kind }) => kind === "postgres");
  const isFree = databases.length === 1 && components.every((component) => component.name !== "database");
  return isFree && databases[0]?.name === name ? "database" : name;
}

function deployPlaybook({ name, host }: Container, { plan }: HostsPlan): string {
  const links = plan.links.filter(({ from }) => from === name).map(({ to }) => to);
  const after = links.length === 0 ? "" : ` It uses ${[...new Set(links)].join(", ")}.`;
  return shipped("plays/deploy-component.yml", { NAME: name, HOST: host, AFTER: after, TAG: tagOf(name) });
}

function stopAll({ containers, monitoring }: HostsPlan): string {
  return playbook(
    "# Stops everything, each component before what it uses. The data stays; site.yml starts everything again.\n",
    ...(monitoring.length === 0 ? [] : [play("plays/stop-monitoring.yml")]),
    ...[...containers].reverse().map(({ name, host }) => play("plays/stop-component.yml", { NAME: name, HOST: host, TAG: tagOf(name) })),
  );
}

function rollback(containers: readonly Container[]): string {
  return playbook(
    "",
    play("plays/find-previous.yml"),
    ...containers
      .filter((container) => dataVolumes(container).length === 0)
      .map(({ name, host }) => play("plays/roll-back-component.yml", { NAME: name, HOST: host })),
  );
}

/** A play without the mark that begins a file. */
function play(path: ShippedFile, values: Readonly<Record<string, string>> = {}): string {
  return shipped(path, values).replace(/^---\n/, "");
}

function playbook(comment: string, ...plays: readonly string[]): string {
  return `---\n${comment}${plays.join("\n")}`;
}

function site(deploys: readonly string[], { monitoring }: HostsPlan): string {
  const steps = [
    ["Docker on every host", "install-docker.yml"],
    ["Images, those of a host in one go", "deliver-images.yml"],
    ...deploys.map((file) => ["", file]),
    ...(monitoring.length === 0
      ? []
      : [
          ["What watches all of it", "deploy-monitoring.yml"],
          ["Figures and logs to CloudWatch", "setup-cloudwatch.yml"],
        ]),
    ["Every link and public service, tried", "test-connectivity.yml"],
  ];
  const imports = steps.map(([comment, file]) => {
    const name = (file ?? "").replace(/\.yml$/, "").replaceAll("-", " ");
    const about = comment === "" ? "" : `# ${comment}\n`;
    return `${about}- name: ${name.charAt(0).toUpperCase()}${name.slice(1)}\n  ansible.builtin.import_playbook: playbooks/${file}\n`;
  });
  return playbook(
    [
      "# All of it, in start order. It can be run again at any time: what is there stays, what failed is tried again.",
      "#   ansible-playbook site.yml --check --diff      what would change",
      "#   ansible-playbook site.yml --limit backend     one host",
      "#   ansible-playbook site.yml --tags vote         one component",
      "\n",
    ].join("\n"),
    ...imports,
  );
}

/** A component may be called as Ansible calls a tag of its own. */
function tagOf(name: string): string {
  return ["always", "never", "all", "tagged", "untagged"].includes(name) ? `component-${name}` : name;
}

/**
 * The text of a shipped file, its placeholders (`__HOST__`) filled in. One that is a whole YAML value is written as a plain scalar.
 *
 * @throws Error when a placeholder has no value, or a value no placeholder: a bug of the caller.
 */
export function shipped(path: ShippedFile, values: Readonly<Record<string, string>> = {}): string {
  const unused = new Set(Object.keys(values));
  const given = (name: string): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`${path} has a placeholder __${name}__, and nothing was given for it`);
    unused.delete(name);
    return value;
  };
  const text = SHIPPED[path]
    .replace(/(?<=^ *(?:- )?\w+: (?:\[(?:.*, )?)?)__([A-Z_]+)__(?=\]?$)/gm, (_, name: string) => plainScalar(given(name)))
    .replace(/__([A-Z_]+)__/g, (_, name: string) => given(name));
  if (unused.size > 0) throw new Error(`${path} has no placeholder for ${[...unused].join(", ")}`);
  return text;
}

/** A name of the stack as a YAML value. */
export function plainScalar(name: string): string {
  return NOT_TEXT.test(name) ? `"${name}"` : name;
}
