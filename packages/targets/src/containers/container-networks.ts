import { type Container, isOpenToPeople } from "./container.js";
import { type NameWish, shortNames } from "./short-names.js";

export interface NetworkNeeds {
  /** Most letters that a name may have. */
  readonly longestName: number;
  /** Whether a port is published through a network of the stack. */
  readonly publishing: boolean;
}

export interface ContainerNetwork {
  readonly name: string;
  /**
   * - "link": between two containers
   * - "public": publishes the port of its one member
   * - "internet": its one member opens connections to the world
   * - "alone": of one without any other; without a network it would join a default one, with a way out
   */
  readonly kind: "link" | "public" | "internet" | "alone";
  /** Names of the containers in it. */
  readonly members: readonly string[];
  /** Whether its members may open connections to the world. */
  readonly outbound: boolean;
}

/** One opens connections to the other. */
export interface NetworkLink {
  readonly from: string;
  readonly to: string;
}

/** A network for each link and no other between two containers, so that each reaches what it uses and nothing else. */
export function containerNetworks(
  all: readonly Container[],
  links: readonly NetworkLink[],
  { longestName, publishing }: NetworkNeeds,
): readonly ContainerNetwork[] {
  const networks = [...linkNetworks(links), ...all.flatMap((member) => ownNetworks(member, publishing))];
  const connected = new Set(networks.flatMap(({ members }) => members));
  const alone = all.filter(({ name }) => !connected.has(name)).map(({ name }) => network("alone", [name], false));
  return named([...networks, ...alone], longestName);
}

type Unnamed = Omit<ContainerNetwork, "name">;

function linkNetworks(links: readonly NetworkLink[]): readonly Unnamed[] {
  // Two links of one pair, under two aliases, share a network.
  const pairs = new Map(links.map(({ from, to }) => [`${from} ${to}`, [from, to]]));
  return [...pairs.values()].map((members) => network("link", members, false));
}

function ownNetworks(container: Container, publishing: boolean): readonly Unnamed[] {
  const { name, outbound } = container;
  if (isOpenToPeople(container) && publishing) return [network("public", [name], outbound)];
  return outbound ? [network("internet", [name], true)] : [];
}

function network(kind: ContainerNetwork["kind"], members: readonly string[], outbound: boolean): Unnamed {
  return { kind, members, outbound };
}

function named(networks: readonly Unnamed[], longestName: number): readonly ContainerNetwork[] {
  const identityOf = ({ kind, members }: Unnamed) => [kind, ...members].join(" ");
  const wishes = networks.map((each): NameWish => {
    const parts = each.kind === "link" ? each.members : [...each.members, each.kind];
    return { identity: identityOf(each), wanted: parts.join("-") };
  });
  const names = shortNames(wishes, longestName);
  return networks.map((each) => ({ name: names.get(identityOf(each)) ?? "", ...each }));
}
