import type { Plan } from "@groundplan/model";
import { list } from "../../containers/container-notes.js";
import { secretSettings } from "../../containers/settings.js";
import type { GeneratedFile, Rendered, SecretFile } from "../../target.js";
import { ansibleComponents } from "./ansible-component.js";
import { cloudwatchFiles } from "./cloudwatch/cloudwatch-files.js";
import { renderEnvTemplate } from "./env-template.js";
import { deployMonitoringFiles } from "./monitoring/deploy-monitoring-files.js";
import { plainScalar } from "./plain-scalar.js";
import { renderPlaybooks } from "./playbooks.js";
import { renderAnsibleReadme } from "./render-readme.js";
import { CHECK_LOGS } from "./static/check-logs.js";
import { ANSIBLE_CFG, GITIGNORE } from "./static/config-texts.js";
import { DATA_FOLDER_TASKS } from "./static/data-folder-tasks.js";
import { DEPLOY_COMPONENT, DEPLOY_FOLDER, NEED_DOCKER } from "./static/deploy-tasks.js";
import { FORMATS } from "./static/formats.js";
import { DELIVER_IMAGES, DELIVER_IMAGES_PLAYBOOK } from "./static/image-tasks.js";
import { INSTALL_DOCKER } from "./static/install-docker.js";
import { INVENTORY_PLUGIN } from "./static/inventory-plugin.js";
import { PROBE } from "./static/probe.js";
import { REACH_HOST } from "./static/reach-tasks.js";
import { RECORD_IMAGE } from "./static/record-tasks.js";
import { FIND_PREVIOUS } from "./static/rollback-tasks.js";
import { STOP_COMPONENT } from "./static/stop-tasks.js";
import { TEST_CONNECTIVITY } from "./static/test-connectivity.js";
import { WAIT_FOR_SSH } from "./static/wait-for-ssh.js";
import { renderComponents, renderConnections, renderSettings } from "./variables.js";

/** Playbooks that bring the stack to the hosts that Terraform made; they drive the docker program and need Ansible alone. Paths begin with ansible/. */
export function renderAnsible(plan: Plan): Rendered {
  const running = new Set(ansibleComponents(plan).map(({ name }) => name));
  const files: readonly GeneratedFile[] = [
    { path: "README.md", text: renderAnsibleReadme(plan) },
    { path: ".gitignore", text: GITIGNORE },
    { path: "ansible.cfg", text: ANSIBLE_CFG },
    { path: "inventory.yml", text: inventory(plan) },
    { path: "inventory_plugins/terraform_outputs.py", text: INVENTORY_PLUGIN },
    { path: "files/wait_for_ssh.py", text: WAIT_FOR_SSH },
    { path: "files/probe.py", text: PROBE },
    { path: "group_vars/all/settings.yml", text: renderSettings(plan) },
    { path: "group_vars/all/components.yml", text: renderComponents(plan) },
    { path: "group_vars/all/connections.yml", text: renderConnections(plan) },
    { path: "group_vars/all/formats.yml", text: `---\n${FORMATS}` },
    ...[...running].map((name) => ({ path: `env/${name}.env.j2`, text: envTemplate(name, plan) })),
    { path: "tasks/reach-host.yml", text: `---\n${REACH_HOST}` },
    { path: "tasks/need-docker.yml", text: `---\n${NEED_DOCKER}` },
    { path: "tasks/deliver-images.yml", text: `---\n${DELIVER_IMAGES}` },
    { path: "tasks/deploy-component.yml", text: `---\n${DEPLOY_COMPONENT}` },
    { path: "tasks/deploy-folder.yml", text: `---\n${DEPLOY_FOLDER}` },
    { path: "tasks/data-folder.yml", text: `---\n${DATA_FOLDER_TASKS}` },
    { path: "tasks/record-image.yml", text: `---\n${RECORD_IMAGE}` },
    { path: "tasks/find-previous.yml", text: `---\n${FIND_PREVIOUS}` },
    { path: "tasks/stop-component.yml", text: `---\n${STOP_COMPONENT}` },
    { path: "playbooks/install-docker.yml", text: INSTALL_DOCKER },
    { path: "playbooks/deliver-images.yml", text: DELIVER_IMAGES_PLAYBOOK },
    { path: "playbooks/test-connectivity.yml", text: TEST_CONNECTIVITY },
    { path: "playbooks/check-logs.yml", text: CHECK_LOGS },
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
    .map(({ name }) => `${name} has no image, so it runs on no host: add image: build("./${name}") to s.service("${name}")`);
}

function replicaNotes({ components }: Plan, running: ReadonlySet<string>): readonly string[] {
  const several = components
    .filter(({ name, source }) => running.has(name) && source.kind === "service" && source.replicas > 1)
    .map(({ name }) => name);
  if (several.length === 0) return [];
  return [`${list(several)} ${several.length === 1 ? "runs" : "run"} once: a host publishes a port for one container`];
}
