import { type Plan, PROMETHEUS_PORT } from "@groundplan/model";
import type { GeneratedFile } from "../../target.js";
import { type AnsibleComponent, ansibleComponents } from "./ansible-component.js";
import { type ShippedFile, shipped } from "./shipped.js";

/** The playbooks that follow from the components, and site.yml, which runs all in order. */
export function renderPlaybooks(plan: Plan): readonly GeneratedFile[] {
  const components = ansibleComponents(plan);
  const names = deployNames(plan);
  const fileOf = ({ name }: AnsibleComponent) => `deploy-${names.get(name) ?? name}.yml`;
  return [
    ...components.map((component) => ({ path: `playbooks/${fileOf(component)}`, text: deployPlaybook(component, plan) })),
    { path: "playbooks/stop-all.yml", text: stopAll(components, plan) },
    { path: "playbooks/rollback.yml", text: rollback(components) },
    { path: "site.yml", text: site(components.map(fileOf), plan) },
  ];
}

/** playbooks/deploy-monitoring.yml. `on`: the monitoring host. */
export function deployMonitoring(on: string): string {
  return shipped("playbooks/deploy-monitoring.yml", { MONITORING_HOST: on, PROMETHEUS_PORT: String(PROMETHEUS_PORT) });
}

/** Component -> how its playbook calls it: by its name, and "database" for the only PostgreSQL, which is what an operator looks for. */
function deployNames({ components }: Plan): ReadonlyMap<string, string> {
  const databases = components.filter(({ kind }) => kind === "postgres");
  const isFree = databases.length === 1 && components.every(({ name }) => name !== "database");
  return new Map(components.map(({ name, kind }) => [name, kind === "postgres" && isFree ? "database" : name]));
}

function deployPlaybook({ name, host }: AnsibleComponent, plan: Plan): string {
  const links = plan.links.filter(({ from }) => from === name).map(({ to }) => to);
  const after = links.length === 0 ? "" : ` It uses ${[...new Set(links)].join(", ")}.`;
  return shipped("plays/deploy-component.yml", { NAME: name, HOST: host, AFTER: after, TAG: tagOf(name) });
}

function stopAll(components: readonly AnsibleComponent[], { monitoring }: Plan): string {
  return playbook(
    "# Stops everything, each component before what it uses. The data stays; site.yml starts everything again.\n",
    ...(monitoring === null ? [] : [play("plays/stop-monitoring.yml")]),
    ...[...components].reverse().map(({ name, host }) => play("plays/stop-component.yml", { NAME: name, HOST: host, TAG: tagOf(name) })),
  );
}

function rollback(components: readonly AnsibleComponent[]): string {
  return playbook(
    "",
    play("plays/find-previous.yml"),
    ...components
      .filter(({ data }) => data === null)
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

function site(deploys: readonly string[], { monitoring }: Plan): string {
  const steps = [
    ["Docker on every host", "install-docker.yml"],
    ["Images, those of a host in one go", "deliver-images.yml"],
    ...deploys.map((file) => ["", file]),
    ...(monitoring === null
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
