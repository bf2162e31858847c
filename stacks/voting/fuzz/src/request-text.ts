import { type Bytes, type Entrance, OWN_COOKIE } from "./exchange.js";
import type { Random } from "./random.js";

export type Header = readonly [name: string, value: Bytes];

/** A request before it is written out. */
export interface RequestText {
  readonly method: string;
  readonly target: Bytes;
  readonly version: string;
  readonly headers: readonly Header[];
  readonly body: Bytes;
  /** How the body's end is told: its length, chunks, or not at all (the headers say something, or there is none). */
  readonly framing: "length" | "chunked" | "none";
}

export const OPTIONS = ["a", "b"] as const;
export const FORM = "application/x-www-form-urlencoded";
export const JSON_TYPE = "application/json";

export const targetOf = (at: Entrance): string => (at === "page" ? "/" : "/api/votes");
export const bodyOf = (at: Entrance, option: string): Bytes => (at === "page" ? `vote=${option}` : `{"vote":"${option}"}`);
export const typeOf = (at: Entrance): string => (at === "page" ? FORM : JSON_TYPE);

/** A vote as it should be, of the exchange's own voter. */
export function voteRequest(at: Entrance, option: string, change: Partial<RequestText> = {}): RequestText {
  return {
    method: "POST",
    target: targetOf(at),
    version: "HTTP/1.1",
    headers: [["Host", "poll.example.com"], ["Content-Type", typeOf(at)], OWN],
    body: bodyOf(at, option),
    framing: "length",
    ...change,
  };
}

export function getRequest(target: Bytes, headers: readonly Header[] = [], method = "GET"): RequestText {
  return { method, target, version: "HTTP/1.1", headers: [["Host", "poll.example.com"], ...headers], body: "", framing: "none" };
}

const OWN: Header = ["Cookie", `voter_id=${OWN_COOKIE}`];

/** The request with one header more, or with another value for one that it has. */
export function withHeader(request: RequestText, name: string, value: Bytes): RequestText {
  return { ...request, headers: [...without(request.headers, name), [name, value]] };
}

export function withoutHeader(request: RequestText, name: string): RequestText {
  return { ...request, headers: without(request.headers, name) };
}

const without = (headers: readonly Header[], name: string): Header[] =>
  headers.filter(([candidate]) => candidate.toLowerCase() !== name.toLowerCase());

export function render(request: RequestText): Bytes {
  const { method, target, version, headers, body, framing } = request;
  const framed: Header[] = [...headers];
  if (framing === "length") framed.push(["Content-Length", String(body.length)]);
  if (framing === "chunked") framed.push(["Transfer-Encoding", "chunked"]);
  const lines = framed.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${target} ${version}\r\n${lines}\r\n${framing === "chunked" ? chunked(body) : body}`;
}

/** A body in chunks; no chunk is larger than `chunkBytes`, and each size is followed by `extension`. */
export function chunked(body: Bytes, chunkBytes = 7, extension: Bytes = ""): Bytes {
  let text = "";
  for (let at = 0; at < body.length; at += chunkBytes) {
    const chunk = body.slice(at, at + chunkBytes);
    text += `${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`;
  }
  return `${text}0\r\n\r\n`;
}

const HARMLESS: readonly Header[] = [
  ["Accept", "*/*"],
  ["Accept", "text/html;q=0.1, */*;q=0"],
  ["Accept-Encoding", "gzip, br"],
  ["Accept-Language", "de-CH, en;q=0.5"],
  ["User-Agent", "fuzz/1.0 (a; b; c)"],
  ["DNT", "1"],
  ["Referer", "http://elsewhere.example.com/"],
  ["X-Forwarded-For", "10.0.0.1, 10.0.0.2"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["Forwarded", "for=_hidden"],
  ["Cache-Control", "no-cache"],
  ["Connection", "keep-alive"],
  ["Upgrade-Insecure-Requests", "1"],
  ["Empty", ""],
];

/** The same request as another client would write it: headers in another order and case, and some that mean nothing here. */
export function restyle(random: Random, request: RequestText): RequestText {
  const extra = Array.from({ length: random.int(0, 3) }, () => random.pick(HARMLESS));
  const headers = random.shuffle([...request.headers, ...extra]).map(([name, value]): Header => {
    const style = random.int(0, 3);
    const written = style === 0 ? name.toLowerCase() : style === 1 ? name.toUpperCase() : name;
    return [written, random.chance(0.1) ? `${random.pick(["", " ", "\t"])}${value}${random.pick(["", " ", "\t "])}` : value];
  });
  return { ...request, headers };
}
