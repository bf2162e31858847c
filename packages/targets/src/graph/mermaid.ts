import type { Plan, PlannedComponent, PlannedHost, Subnet } from "@groundplan/model";
import { SUBNETS } from "./layout.js";

/** The stack as a Mermaid flowchart: components in their hosts and subnets, and every link with its port. */
export function renderMermaid(plan: Plan): string {
  const components = new Map(plan.components.map((component) => [component.name, component]));
  const entries = plan.components.filter((component) => component.public);
  const lines = [
    "flowchart LR",
    ...(entries.length === 0 ? [] : ['  internet(("Internet"))']),
    ...SUBNETS.flatMap((subnet) => subnetLines(subnet, plan, components)),
    ...entries.map(({ name, port }) => `  internet -->|${port}| ${nodeId(name)}`),
    ...plan.links.map(({ from, to, alias, port }) => `  ${nodeId(from)} -->|${linkLabel(alias, to, port)}| ${nodeId(to)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function subnetLines(subnet: Subnet, plan: Plan, components: ReadonlyMap<string, PlannedComponent>): readonly string[] {
  const hosts = plan.hosts.filter((host) => host.subnet === subnet);
  const [first] = hosts;
  if (first === undefined) return [];
  return [
    `  subgraph subnet_${subnet}["${subnet} subnet ${first.cidr}"]`,
    ...hosts.flatMap((host) => hostLines(host, components)),
    "  end",
  ];
}

function hostLines(host: PlannedHost, components: ReadonlyMap<string, PlannedComponent>): readonly string[] {
  const nodes = host.runs.flatMap((name) => components.get(name) ?? []).map((component) => `      ${node(component)}`);
  const title = `${host.name}${host.bastion ? " (bastion)" : ""}`;
  // Mermaid refuses an empty subgraph, so a host that runs nothing is a node.
  if (nodes.length === 0) return [`    ${hostId(host.name)}["${title}"]`];
  return [`    subgraph ${hostId(host.name)}["${title}"]`, ...nodes, "    end"];
}

function node({ name, kind, port }: PlannedComponent): string {
  const text = port === null ? name : `${name} :${port}`;
  return kind === "service" ? `${nodeId(name)}["${text}"]` : `${nodeId(name)}[("${text}")]`;
}

/** The alias only where it says more than the name of the component. */
function linkLabel(alias: string, to: string, port: number): string {
  return alias === to ? String(port) : `${alias} ${port}`;
}

// The prefix keeps names such as "end" from being read as words of Mermaid.
const nodeId = (name: string): string => `part_${name.replaceAll("-", "_")}`;
const hostId = (name: string): string => `host_${name.replaceAll("-", "_")}`;
