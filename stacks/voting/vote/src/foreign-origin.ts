import type { IncomingHttpHeaders } from "node:http";

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
