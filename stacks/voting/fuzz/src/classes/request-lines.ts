import { ENTRANCES, type Entrance, type Expected, utf8 } from "../exchange.js";
import { accepted, acceptedOr, broken, exchange, fetched, MAX_HEADER_BYTES, malformed, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { getRequest, OPTIONS, type RequestText, render, restyle, targetOf, voteRequest, withoutHeader } from "../request-text.js";

/** Methods of HTTP and its extensions (IANA's registry) that are not for voting. */
const OTHER_METHODS =
  "PUT DELETE PATCH OPTIONS TRACE COPY LOCK UNLOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH BIND ACL REPORT MERGE NOTIFY PURGE LINK SOURCE".split(
    " ",
  );
const UNKNOWN_METHODS = ["VOTE", "post", "Post", "POSTT", "POS", "GE T", "_", "PRI", "G\x00ET", "P\xd6ST", "POST\t", "-", "(", "GETPOST"];

/** Both mean the same (RFC 3986, section 6.2.2.2); a server that does not know so has nothing at that address. */
const SPELLINGS: Readonly<Record<Entrance, readonly string[]>> = {
  page: ["/ ", "/#top", "/?", "/?#", "/#vote=b"],
  api: ["/%61pi/votes", "/api/vot%65s", "/%61%70%69/%76%6f%74%65%73", "/api/votes?", "/api/votes#a", "/api/%76otes?x=%"],
};
const ELSEWHERE = [
  ["//", "//api/votes", "/api//votes", "/api/votes/", "/api/votes//", "/./", "/./api/votes", "/api/./votes", "/x/../api/votes"],
  ["/..", "/../api/votes", "/%2e%2e/api/votes", "/api%2fvotes", "/api%2Fvotes", "/API/VOTES", "/Api/votes", "/api/vote", "/api", "/api/"],
  ["/api/votes;x=1", "/api/votes.json", "/index.html", "/%", "/%00", "/%zz", "/api/votes%", "/%c3%28", "/%ff%fe", "/api/votes%00"],
  ["/api\\votes", "/%252561", "/etc/passwd", "/..%2f..%2fetc/passwd", "/.env", "/style.css/../api/votes", "/:method", "/*", "/{at}"],
].flat();
const BAD_TARGETS = ["", "api/votes", "\x00", "/\x00", "/a\x01b", "/\x7f", "/\t", "/a\x0bb", "/\x1b[0m", "/api/votes x"];

const voteAt = (random: Random, at: Entrance, change: Partial<RequestText> = {}): [RequestText, string] => {
  const option = random.pick(OPTIONS);
  return [restyle(random, voteRequest(at, option, change)), option];
};

export const requestLines: readonly InputClass[] = [
  {
    name: "method: known, not for this address",
    make(random) {
      const at = random.pick(ENTRANCES);
      const method = random.pick(at === "api" ? [...OTHER_METHODS, "GET", "HEAD"] : OTHER_METHODS);
      const [request] = voteAt(random, at, { method });
      return exchange(render(request), [{ ...refused(at, 405), bodyless: method === "HEAD" }]);
    },
  },
  {
    name: "method: unknown, lower case, broken",
    make(random) {
      const [request] = voteAt(random, random.pick(ENTRANCES), { method: random.pick(UNKNOWN_METHODS) });
      return broken(render(request));
    },
  },
  {
    name: "method: very long",
    weight: 1,
    make(random) {
      const [request] = voteAt(random, "api", { method: random.text(random.int(20, 20_000), "POSTGEPU") });
      return broken(render(request));
    },
  },
  {
    name: "method: CONNECT",
    weight: 1,
    make(random) {
      const target = random.pick(["poll.example.com:443", "127.0.0.1:6379", "/api/votes", "*"]);
      const [request] = voteAt(random, "api", { method: "CONNECT", target });
      return exchange(render(request), [malformed(400, 405)], { closes: true });
    },
  },
  {
    name: "path: another spelling of the same",
    make(random) {
      const at = random.pick(ENTRANCES);
      const [request, option] = voteAt(random, at, { target: random.pick(SPELLINGS[at]) });
      return exchange(render(request), [acceptedOr(at, option, [400, 404])]);
    },
  },
  {
    name: "path: elsewhere, dots, slashes, encodings",
    make(random) {
      const [request] = voteAt(random, "api", { target: random.pick(ELSEWHERE) });
      return exchange(render(request), [refused("api", 400, 404)]);
    },
  },
  {
    name: "path: control bytes, spaces, none",
    make(random) {
      const [request] = voteAt(random, random.pick(ENTRANCES), { target: random.pick(BAD_TARGETS) });
      return broken(render(request));
    },
  },
  {
    name: "path: not ASCII",
    weight: 2,
    make(random) {
      const target = random.pick([utf8("/é"), utf8("/🗳️"), utf8("/api/votes\u200b"), "/\xff\xfe", utf8("／"), "/api/vote\xb5"]);
      const [request] = voteAt(random, "api", { target });
      return exchange(render(request), [refused("api", 400, 404)]);
    },
  },
  {
    name: "path: very long",
    weight: 2,
    make(random) {
      const filler = random.pick(["a", "%61", "/", "../", "a/", "%2525"]);
      const bytes = random.pick([1_000, 8_000, 12_000, 20_000, 70_000]);
      const [request] = voteAt(random, "api", { target: `/${filler.repeat(Math.ceil(bytes / filler.length))}` });
      if (bytes > MAX_HEADER_BYTES) return broken(render(request), 414, 431);
      return exchange(render(request), [refused("api", 404, 414)]);
    },
  },
  {
    name: "target: absolute form",
    make(random) {
      const at = random.pick(ENTRANCES);
      const origin = random.pick([
        "http://poll.example.com",
        "http://poll.example.com:80",
        "https://x",
        "http://[::1]:1",
        "http://127.0.0.1",
      ]);
      const [request, option] = voteAt(random, at, { target: origin + targetOf(at) });
      return exchange(render(request), [accepted(at, option)]);
    },
  },
  {
    name: "target: asterisk, authority, odd schemes",
    weight: 2,
    make(random) {
      const target = random.pick([
        "*",
        "poll.example.com:80",
        "http://",
        "http:",
        "ftp://x/api/votes",
        "http://poll.example.com",
        "http:///",
        "a:b@c",
      ]);
      const [request, option] = voteAt(random, "page", { target, method: random.pick(["POST", "OPTIONS"]) });
      return exchange(render(request), [acceptedOr("page", option, [400, 404, 405])]);
    },
  },
  {
    name: "query string",
    make(random) {
      const query = random.pick([
        "?vote=b",
        "?vote=zebra",
        "?__proto__[x]=1",
        "?a[]=1&a[]=2",
        "?%",
        "?%ff%00",
        "??",
        "?&&&=",
        `?${"a=1&".repeat(1_000)}`,
      ]);
      const at = random.pick(ENTRANCES);
      if (random.chance(0.3)) return exchange(render(getRequest(`/${query}`)), [fetched("text/html", { needsQueue: true })]);
      const [request, option] = voteAt(random, at, { target: targetOf(at) + query });
      return exchange(render(request), [accepted(at, option)]);
    },
  },
  {
    name: "version: HTTP/1.0",
    make(random) {
      const at = random.pick(ENTRANCES);
      const [request, option] = voteAt(random, at, { version: "HTTP/1.0" });
      return exchange(render(random.chance(0.5) ? withoutHeader(request, "Host") : request), [accepted(at, option)]);
    },
  },
  {
    name: "version: unknown or broken",
    make(random) {
      const version = random.pick([
        "HTTP/1.2",
        "HTTP/3.0",
        "HTTP/9.9",
        "HTTP/1",
        "HTTP/11",
        "HTTP/1.1.1",
        "http/1.1",
        "HTTPS/1.1",
        "HTTP/1.1 x",
        "HTTP",
        "",
        "ICE/1.0",
      ]);
      const [request] = voteAt(random, random.pick(ENTRANCES), { version });
      return broken(render(request));
    },
  },
  {
    name: "version: HTTP/2, HTTP/0.9",
    weight: 1,
    make(random) {
      if (random.chance(0.5)) return broken(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00`);
      const [request, option] = voteAt(random, "api", { version: random.pick(["HTTP/2.0", "HTTP/0.9"]) });
      return exchange(render(request), [acceptedOr("api", option, [400])]);
    },
  },
  {
    name: "empty lines before the request",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const [request, option] = voteAt(random, at);
      const answers: readonly Expected[] = [accepted(at, option)];
      return exchange("\r\n".repeat(random.int(1, 5)) + render(request), answers);
    },
  },
];
