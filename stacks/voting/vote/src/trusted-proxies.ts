import { BlockList, isIP } from "node:net";

/** The proxies before the service that are our own: what they say about a request in X-Forwarded-* is believed. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /**
   * @param text Addresses and networks with commas between them: "10.0.1.5, 172.16.0.0/12"; empty: none
   * @throws Error A sentence for the operator, when one of them is no address.
   */
  constructor(text = "") {
    for (const entry of text.split(",").map((part) => part.trim())) {
      if (entry === "") continue;
      const [address = "", bits, ...rest] = entry.split("/");
      const version = isIP(address);
      const isNetwork = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
      if (version === 0 || rest.length > 0 || (bits !== undefined && !isNetwork))
        throw new Error(
          `TRUSTED_PROXIES must be addresses and networks with commas between them, like 10.0.1.5, 172.16.0.0/12; found "${entry}"`,
        );
      const family = version === 4 ? "ipv4" : "ipv6";
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  /** @param address As a socket tells it; an IPv4 address may come in the form of IPv6 */
  has(address: string | undefined): boolean {
    if (address === undefined) return false;
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
    return this.#list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
  }

  /** Who sent a request: the peer; for one of our proxies, the last in X-Forwarded-For that is none of them. */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    let client = peer;
    for (const hop of (forwardedFor ?? "").split(",").reverse()) {
      if (!this.has(client)) break;
      const address = hop.trim();
      if (isIP(address) === 0) break;
      client = address;
    }
    return client;
  }
}
