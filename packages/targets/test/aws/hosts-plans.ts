import type { Plan } from "@groundplan/model";
import { type AnsibleComponent, ansibleComponent } from "../../src/aws/ansible/docker-run.js";
import { renderAnsible } from "../../src/aws/ansible/render-ansible.js";
import { hostsPlanOf } from "../../src/aws/hosts-plan.js";
import { renderTerraform } from "../../src/aws/terraform/render-terraform.js";
import type { GeneratedFile, Rendered } from "../../src/index.js";

/** What these tests ask of a plan, by way of its plan for the hosts. */

export const ansibleOf = (plan: Plan): Rendered => renderAnsible(hostsPlanOf(plan));

export const terraformOf = (plan: Plan): readonly GeneratedFile[] => renderTerraform(hostsPlanOf(plan));

/** What runs in containers, in start order: components, then proxies. */
export function ansibleComponents(plan: Plan): readonly AnsibleComponent[] {
  const hosts = hostsPlanOf(plan);
  return hosts.containers.map((container) => ansibleComponent(container, hosts));
}

/** The containers of monitoring, those of each host under its name. */
export function monitorsByHost(plan: Plan): ReadonlyMap<string, readonly AnsibleComponent[]> {
  const hosts = hostsPlanOf(plan);
  const of = (host: string) => hosts.monitoring.filter((each) => each.host === host).map((each) => ansibleComponent(each, hosts));
  return new Map(plan.hosts.map(({ name }) => [name, of(name)] as const).filter(([, monitors]) => monitors.length > 0));
}
