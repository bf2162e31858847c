import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { RequestError } from "@voting/ballots";
import type { AddressLimit } from "./address-limit.js";
import type { BallotBox } from "./ballot-box.js";
import type { TrustedProxies } from "./trusted-proxies.js";

export interface GateDependencies {
  readonly box: BallotBox;
  readonly proxies: TrustedProxies;
  readonly addressLimit: AddressLimit;
}

/** Whom the vote service listens to at all, before it reads what they say. */
export class Gate {
  readonly #dependencies: GateDependencies;

  constructor(dependencies: GateDependencies) {
    this.#dependencies = dependencies;
  }

  /** Why a vote is turned away: another site's page sent it (403), or its address sends too many (429); `null`: it may come in. */
  refuse({ headers, socket }: IncomingMessage): RequestError | null {
    const { box, proxies, addressLimit } = this.#dependencies;
    if (isForeign(headers, () => proxies.has(socket.remoteAddress)))
      return box.refusal("foreign", 403, "A vote is taken only from a page of this poll, and this one comes from another site.");
    if (!addressLimit.isOn) return null;
    const forwardedFor = headers["x-forwarded-for"];
    const address = proxies.clientOf(socket.remoteAddress ?? "", Array.isArray(forwardedFor) ? forwardedFor.join() : forwardedFor);
    const waitSeconds = addressLimit.take(address);
    if (waitSeconds === 0) return null;
    return box.refusal("address", 429, "Too many votes come from your address; please try again in a minute.", waitSeconds);
  }
}

/**
 * Whether a browser says that a request comes from another site's page, in the way of Fetch metadata (W3C) and of Go's
 * `http.CrossOriginProtection`: Sec-Fetch-Site decides where it is there; else Origin must name the host that was asked. A request
 * with neither comes from no browser of today, and passes.
 *
 * Ports are not compared: a proxy may answer on another one, and cookies do not tell ports apart either.
 *
 * @param trusts Asked whether the request came through a proxy of ours, whose X-Forwarded-Host is believed
 */
export function isForeign(headers: IncomingHttpHeaders, trusts: () => boolean): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin } = headers;
  if (origin === undefined) return false;
  const own = [headers.host, trusts() ? lastOf(headers["x-forwarded-host"]) : undefined];
  const from = hostnameOf(origin);
  return from === null || !own.some((host) => host !== undefined && hostnameOf(`http://${host}`) === from);
}

function hostnameOf(origin: string): string | null {
  if (!/^https?:\/\/[^/?#@\s]+$/i.test(origin) || !URL.canParse(origin)) return null;
  return new URL(origin).hostname;
}

/** The value of the proxy nearest to us. */
function lastOf(value: string | readonly string[] | undefined): string | undefined {
  return (Array.isArray(value) ? value.join(",") : (value as string | undefined))?.split(",").at(-1)?.trim();
}
