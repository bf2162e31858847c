import { type LinkEnds, startVoting, type VotingOptions, type VotingRun } from "@voting/testing";
import { TcpProxy } from "../proxy/tcp-proxy.js";
import { Clocks } from "./clocks.js";
import type { FaultKind } from "./fault.js";

/** A voting stack in which things can be broken. */
export interface World {
  readonly run: VotingRun;
  readonly links: Links;
  readonly clocks: Clocks | null;
  close(options: { readonly keepData: boolean }): Promise<void>;
}

/** A part that was healthy for that long is started again at once when it dies: the pauses between faults are the schedule's affair. */
const STEADY_MS = 300;

/** Starts a stack with data of its own, a proxy in each of its links, and clocks that can be set where `kinds` asks for them. */
export async function startWorld(options: {
  readonly kinds: readonly FaultKind[];
  readonly onLog?: NonNullable<VotingOptions["onLog"]>;
}): Promise<World> {
  const { onLog } = options;
  const links = new Links();
  const clocks = options.kinds.includes("clock") ? Clocks.open() : null;
  const close = async (): Promise<void> => {
    await links.close();
    clocks?.close();
  };
  try {
    const run = await startVoting({
      reroute: links.lead,
      timing: { steadyMs: STEADY_MS },
      env: clocks === null ? {} : { vote: clocks.env("vote"), worker: clocks.env("worker") },
      ...(onLog && { onLog }),
    });
    return {
      run,
      links,
      clocks,
      async close({ keepData }) {
        await run.close({ keepData });
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What of the wanted kinds cannot be broken in this world, and why. */
export function notPossible({ run, clocks }: World, wanted: readonly FaultKind[]): ReadonlyMap<FaultKind, string> {
  const reasons = new Map<FaultKind, string>();
  if (run.redisUrl === null) for (const kind of ["redis", "full-redis", "restore-redis"] as const) reasons.set(kind, "needs redis-server");
  if (clocks === null) reasons.set("clock", "needs libfaketime (Debian, Ubuntu: apt-get install faketime)");
  return new Map([...reasons].filter(([kind]) => wanted.includes(kind)));
}

/** Links of the parts, sorted, so that the same seed means the same ones. */
export const sortedLinks = (links: readonly LinkEnds[]): readonly LinkEnds[] =>
  [...links].sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));

/** A proxy in each link between the parts. */
class Links {
  readonly #proxies = new Map<string, TcpProxy>();
  readonly #ends: LinkEnds[] = [];

  get ends(): readonly LinkEnds[] {
    return this.#ends;
  }

  /** For `reroute` of runStack. */
  readonly lead = async (link: LinkEnds, port: number): Promise<number> => {
    const proxy = await TcpProxy.open(port);
    this.#proxies.set(linkName(link), proxy);
    this.#ends.push(link);
    return proxy.port;
  };

  /** @throws Error when there is no such link. */
  proxy(name: string): TcpProxy {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined) throw new Error(`there is no link ${name} (links: ${[...this.#proxies.keys()].join(", ")})`);
    return proxy;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }
}

/** As a fault's target names it. */
const linkName = ({ from, to }: LinkEnds): string => `${from}->${to}`;
