import { PROMETHEUS_PORT } from "@groundplan/model";
import { type Container, dataVolumes } from "../../containers/container.js";
import type { GeneratedFile } from "../../target.js";
import type { HostsPlan } from "../hosts-plan.js";
import { SHIPPED } from "./shipped-files.generated.js";

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

/** A file in shipped/, where playbooks, tasks and Python lie as the files that they are: editors and linters read them there. */
export type ShippedFile = keyof typeof SHIPPED;

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

/** What readers of YAML 1.1, such as Ansible's, take for something else than text. */
const NOT_TEXT = /^(y|n|yes|no|on|off|true|false|null)$/;

/** A name of the stack as a YAML value. */
export function plainScalar(name: string): string {
  return NOT_TEXT.test(name) ? `"${name}"` : name;
}
