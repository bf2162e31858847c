import type { ImportedHost } from "./imported-stack.js";
import type { Notes } from "./notes.js";

interface Placed {
  readonly name: string;
  readonly port: number | null;
  readonly public: boolean;
}

/** Every machine of a stack has it for its operators. */
const SSH_PORT = 22;

/** One host, as Compose has one machine; what would listen on a port that is taken there goes to a second one, and so on. */
export function placeOnHosts(components: readonly Placed[], notes: Notes): readonly ImportedHost[] {
  const hosts: { readonly name: string; readonly runs: Placed[] }[] = [{ name: "main", runs: [] }];
  const isFree = (runs: readonly Placed[], port: number | null) => port === null || !runs.some((other) => other.port === port);
  for (const component of components) {
    const free = hosts.find(({ runs }) => isFree(runs, component.port));
    if (free !== undefined) {
      free.runs.push(component);
      if (free !== hosts[0]) noteHost(component, hosts[0]?.runs ?? [], free.name, notes);
      continue;
    }
    const name = `main-${hosts.length + 1}`;
    noteHost(component, hosts[0]?.runs ?? [], name, notes);
    hosts.push({ name, runs: [component] });
  }
  return hosts.map(({ name, runs }, index) => ({
    name,
    // The first one is the way in for operators.
    subnet: index === 0 || runs.some((component) => component.public) ? "public" : "private",
    runs: runs.map((component) => component.name),
  }));
}

function noteHost({ name, port }: Placed, runs: readonly Placed[], host: string, notes: Notes): void {
  const other = port === SSH_PORT ? "SSH" : runs.find((candidate) => candidate.port === port)?.name;
  const what = `${name} runs on the host "${host}": on "main" ${other} listens on ${port} already`;
  notes.add(["services"], null, what, "for one host give one of them another port");
}
