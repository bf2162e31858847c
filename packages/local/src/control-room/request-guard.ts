import type { IncomingHttpHeaders } from "node:http";

/** Why a request is turned away. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly message: string;
}

/** The header that an action must carry: a page of another origin cannot add it without asking, and it is never allowed to. */
export const ACTION_HEADER = "x-groundplan";

const OWN_HOST = /^(localhost|127\.0\.0\.1)(:\d{1,5})?$/i;

/**
 * The control room can kill processes and has no login, so it answers only to this machine's own pages and programs:
 * a foreign Host means DNS rebinding, a foreign origin means another page acts in the visitor's name.
 */
export function refusalOf(method: string, headers: IncomingHttpHeaders): Refusal | null {
  const host = headers.host ?? "";
  if (!OWN_HOST.test(host)) {
    return { status: 421, message: `The control room answers to localhost and 127.0.0.1 only, not to "${host}".` };
  }
  if (method === "GET" || method === "HEAD") return null;

  const site = headers["sec-fetch-site"];
  const foreignOrigin = headers.origin !== undefined && headers.origin !== `http://${host}`;
  if (foreignOrigin || (site !== undefined && site !== "same-origin" && site !== "none")) {
    return { status: 403, message: "Actions are taken from the control room's own page only, not from another site." };
  }
  if (headers[ACTION_HEADER] === undefined) {
    return { status: 403, message: `Actions need the header "${ACTION_HEADER}: 1".` };
  }
  return null;
}
