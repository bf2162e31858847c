import type { LinkEnds } from "@groundplan/local";
import { TcpProxy } from "./tcp-proxy.js";

/** A proxy in each link between the parts. */
export class Links {
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
export const linkName = ({ from, to }: LinkEnds): string => `${from}->${to}`;
