import type { Plan } from "@groundplan/model";

/** Who uses whom, by the names of the parts. */
export interface LinkEnds {
  readonly from: string;
  readonly to: string;
}

/** Asked once for each link, before anything starts: the port of 127.0.0.1 that the client is told, given the one where the server listens. */
export type Reroute = (link: LinkEnds, port: number) => Promise<number>;

/** Part -> port, as one part is told them. */
export type PortsFor = (client: string) => Readonly<Record<string, number>>;

/** The ports that each part is told: those of the parts that it uses may lead elsewhere. */
export async function rerouteLinks(plan: Plan, ports: Readonly<Record<string, number>>, reroute?: Reroute): Promise<PortsFor> {
  const rerouted = new Map<string, Record<string, number>>();
  for (const { from, to } of plan.links) {
    const own = rerouted.get(from) ?? {};
    const port = ports[to];
    // Two aliases for one component are one link.
    if (reroute !== undefined && port !== undefined && !Object.hasOwn(own, to)) own[to] = await reroute({ from, to }, port);
    rerouted.set(from, own);
  }
  return (client) => ({ ...ports, ...rerouted.get(client) });
}
