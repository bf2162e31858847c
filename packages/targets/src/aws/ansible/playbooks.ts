import type { Plan } from "@groundplan/model";
import type { GeneratedFile } from "../../target.js";
import { type AnsibleComponent, ansibleComponents } from "./ansible-component.js";
import { STOP_MONITORING } from "./monitoring/monitoring-playbooks.js";
import { plainScalar } from "./plain-scalar.js";

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

/** Component -> how its playbook calls it: by its name, and "database" for the only PostgreSQL, which is what an operator looks for. */
function deployNames({ components }: Plan): ReadonlyMap<string, string> {
  const databases = components.filter(({ kind }) => kind === "postgres");
  const isFree = databases.length === 1 && components.every(({ name }) => name !== "database");
  return new Map(components.map(({ name, kind }) => [name, kind === "postgres" && isFree ? "database" : name]));
}

function deployPlaybook({ name, host }: AnsibleComponent, plan: Plan): string {
  const links = plan.links.filter(({ from }) => from === name).map(({ to }) => to);
  const after = links.length === 0 ? "" : ` It uses ${[...new Set(links)].join(", ")}.`;
  return `---
# Runs ${name} on ${host}, and ends when it is healthy.${after}
- name: Deploy ${name}
  hosts: ${plainScalar(host)}
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [deploy, ${plainScalar(tagOf(name))}]
  vars:
    component: ${plainScalar(name)}
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Deploy the component
      ansible.builtin.import_tasks: ../tasks/deploy-component.yml
`;
}

function stopAll(components: readonly AnsibleComponent[], { monitoring }: Plan): string {
  const plays = [...components].reverse().map(
    ({ name, host }) => `
- name: Stop ${name}
  hosts: ${plainScalar(host)}
  become: true
  gather_facts: false
  any_errors_fatal: true
  tags: [stop, ${plainScalar(tagOf(name))}]
  vars:
    component: ${plainScalar(name)}
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Stop the component
      ansible.builtin.import_tasks: ../tasks/stop-component.yml
`,
  );
  return `---
# Stops everything, each component before what it uses. The data stays; site.yml starts everything again.${monitoring === null ? "" : STOP_MONITORING}${plays.join("")}`;
}

function rollback(components: readonly AnsibleComponent[]): string {
  const plays = components
    .filter(({ data }) => data === null)
    .map(
      ({ name, host }) => `
- name: Roll back ${name}
  hosts: ${plainScalar(host)}
  become: true
  gather_facts: false
  any_errors_fatal: true
  vars:
    component: ${plainScalar(name)}
  tasks:
    - name: Deploy what ran before
      ansible.builtin.include_tasks: ../tasks/deploy-component.yml
      when: component in rolled_back_from | default({})
`,
    );
  return `---
# Puts back what ran before the last deploy: the images of the services that it changed. Databases stay as they are.
#   ansible-playbook playbooks/rollback.yml                    what the last deploy changed
#   ansible-playbook playbooks/rollback.yml -e component=vote  one service, to its previous image
- name: Find what to go back to
  hosts: all
  become: true
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - name: Reach the host
      ansible.builtin.import_tasks: ../tasks/reach-host.yml

    - name: Find previous images
      ansible.builtin.import_tasks: ../tasks/find-previous.yml
${plays.join("")}`;
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
  const lines = steps.map(([comment, file]) => {
    const name = (file ?? "").replace(/\.yml$/, "").replaceAll("-", " ");
    const about = comment === "" ? "" : `# ${comment}\n`;
    return `\n${about}- name: ${name.charAt(0).toUpperCase()}${name.slice(1)}\n  ansible.builtin.import_playbook: playbooks/${file}\n`;
  });
  return `---
# All of it, in start order. It can be run again at any time: what is there stays, what failed is tried again.
#   ansible-playbook site.yml --check --diff      what would change
#   ansible-playbook site.yml --limit backend     one host
#   ansible-playbook site.yml --tags vote         one component
${lines.join("")}`;
}

/** A component may be called as Ansible calls a tag of its own. */
function tagOf(name: string): string {
  return ["always", "never", "all", "tagged", "untagged"].includes(name) ? `component-${name}` : name;
}
