import { type Plan, reachability } from "@groundplan/model";
import { ansibleComponents } from "./ansible-component.js";

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
export function triedConnections(plan: Plan): readonly TriedConnection[] {
  const running = new Set(ansibleComponents(plan).map(({ name }) => name));
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
