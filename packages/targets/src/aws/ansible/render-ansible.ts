import type { Plan } from "@groundplan/model";
import { list } from "../../containers/container-notes.js";
import { secretSettings } from "../../containers/settings.js";
import type { GeneratedFile, Rendered, SecretFile } from "../../target.js";
import { ansibleComponents } from "./ansible-component.js";
import { cloudwatchFiles } from "./cloudwatch/cloudwatch-files.js";
import { renderEnvTemplate } from "./env-template.js";
import { deployMonitoringFiles } from "./monitoring/deploy-monitoring-files.js";
import { renderPlaybooks } from "./playbooks.js";
import { renderAnsibleReadme } from "./render-readme.js";
import { plainScalar, type ShippedFile, shipped } from "./shipped.js";
import { renderComponents, renderConnections, renderSettings } from "./variables.js";

/** Playbooks that bring the stack to the hosts that Terraform made; they drive the docker program and need Ansible alone. Paths begin with ansible/. */
export function renderAnsible(plan: Plan): Rendered {
  const running = new Set(ansibleComponents(plan).map(({ name }) => name));
  const files: readonly GeneratedFile[] = [
    { path: "README.md", text: renderAnsibleReadme(plan) },
    { path: ".gitignore", text: GITIGNORE },
    asItIs("ansible.cfg"),
    { path: "inventory.yml", text: inventory(plan) },
    ...(["inventory_plugins/terraform_outputs.py", "files/wait_for_ssh.py", "files/probe.py"] as const).map(asItIs),
    { path: "group_vars/all/settings.yml", text: renderSettings(plan) },
    { path: "group_vars/all/components.yml", text: renderComponents(plan) },
    { path: "group_vars/all/connections.yml", text: renderConnections(plan) },
    asItIs("group_vars/all/formats.yml"),
    ...[...running].map((name) => ({ path: `env/${name}.env.j2`, text: envTemplate(name, plan) })),
    ...TASKS.map((name) => asItIs(`tasks/${name}.yml`)),
    ...PLAYBOOKS.map((name) => asItIs(`playbooks/${name}.yml`)),
    ...renderPlaybooks(plan),
    ...deployMonitoringFiles(plan),
    ...cloudwatchFiles(plan),
  ];
  return {
    files: files.map(({ path, text }) => ({ path: `ansible/${path}`, text })),
    secretFiles: plan.secrets.length === 0 ? [] : [secretsFile(plan)],
    notes: [...leftOutNotes(plan, running), ...replicaNotes(plan, running)],
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

/** What stands before the components has no variables of theirs. */
function envTemplate(name: string, plan: Plan): string {
  const component = plan.components.find((candidate) => candidate.name === name);
  return component === undefined ? "" : renderEnvTemplate(component, plan);
}

function inventory({ hosts }: Plan): string {
  const names = hosts.map(({ name }) => `  - ${plainScalar(name)}`);
  return `---
# Addresses come from the outputs of Terraform: terraform-output.json in this folder, else "terraform output" is asked.
plugin: terraform_outputs
hosts:
${names.join("\n")}
`;
}

function secretsFile(plan: Plan): SecretFile {
  const lines = [...secretSettings(plan)].flatMap(([secret, name]) => [
    text(`${name}=`),
    { kind: "secret", name: secret } as const,
    text("\n"),
  ]);
  return {
    path: "ansible/secrets.env",
    form: "env",
    parts: [text("# Read by the playbooks; whoever has this file has the secrets.\n"), ...lines],
  };
}

const text = (value: string) => ({ kind: "text", text: value }) as const;

function leftOutNotes({ components }: Plan, running: ReadonlySet<string>): readonly string[] {
  return components
    .filter(({ name }) => !running.has(name))
    .map(({ name }) => `${name} has neither build nor image, so it runs on no host: add build to s.service("${name}")`);
}

function replicaNotes({ components }: Plan, running: ReadonlySet<string>): readonly string[] {
  const several = components
    .filter(({ name, source }) => running.has(name) && source.kind === "service" && source.replicas > 1)
    .map(({ name }) => name);
  if (several.length === 0) return [];
  return [`${list(several)} ${several.length === 1 ? "runs" : "run"} once: a host publishes a port for one container`];
}
