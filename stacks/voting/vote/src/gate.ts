import type { IncomingMessage } from "node:http";
import type { RequestError } from "@voting/ballots";
import type { AddressLimit } from "./address-limit.js";
import type { BallotBox } from "./ballot-box.js";
import { isForeign } from "./foreign-origin.js";
import type { TrustedProxies } from "./trusted-proxies.js";

export interface GateParts {
  readonly box: BallotBox;
  readonly proxies: TrustedProxies;
  readonly addressLimit: AddressLimit;
}

/** Whom the vote service listens to at all, before it reads what they say. */
export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Why a vote is turned away: another site's page sent it (403), or its address sends too many (429); `null`: it may come in. */
  refuse({ headers, socket }: IncomingMessage): RequestError | null {
    const { box, proxies, addressLimit } = this.#parts;
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
