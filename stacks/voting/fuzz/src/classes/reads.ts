import { type Bytes, utf8 } from "../exchange.js";
import { exchange, fetched, MAX_HEADER_BYTES, malformed, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import { getRequest, type Header, render } from "../request-text.js";

const ODD_HEADERS: readonly Header[] = [
  ["Range", "bytes=0-10"],
  ["Range", "bytes=-1"],
  ["Range", "x"],
  ["Range", `bytes=${"0-0,".repeat(500)}0-0`],
  ["If-None-Match", "*"],
  ["If-None-Match", 'W/"x"'],
  ["If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"],
  ["If-Match", '"x"'],
  ["Accept", "application/json"],
  ["Accept", "x"],
  ["Accept", ""],
  ["Accept", "a/b;".repeat(500)],
  ["Accept-Encoding", "*;q=0"],
  ["Accept-Charset", "utf-16"],
  ["Last-Event-ID", "\xff"],
  ["Cookie", "x"],
  ["Authorization", "Basic x"],
  ["Connection", "close"],
];

/** Receipts that are none, as a path's last part or a query's value. */
const RECEIPTS: readonly Bytes[] = [
  "x",
  "0",
  "a".repeat(99),
  "a".repeat(101),
  "a".repeat(5_000),
  "%00",
  "%",
  "%zz",
  "%ff",
  "..",
  "%2e%2e",
  "a%2fb",
  "'",
  "%27%20OR%201=1",
  "00000000-0000-4000-8000-000000000000",
  `00000000-0000-4000-8000-000000000000.${"A".repeat(12)}`,
  utf8("é"),
  "\xff",
  "+",
  "%F0%9F%97%B3",
  "a;b",
  "__proto__",
  "%0d%0aX:%20y",
  "<script>",
  "a&ballot=b",
  "[object%20Object]",
];

/** Who is alive is not killed because the queue is away. */
const NEEDS_NO_QUEUE: readonly string[] = ["/style.css", "/livez"];

export const reads: readonly InputClass[] = [
  {
    name: "GET and HEAD with odd headers",
    weight: 6,
    make(random) {
      const bodyless = random.chance(0.3);
      const [target, type] = random.pick([
        ["/", "text/html"],
        ["/style.css", "text/css"],
        ["/healthz", "text/plain"],
        ["/readyz", "text/plain"],
        ["/livez", "text/plain"],
      ] as const);
      const extra = Array.from({ length: random.int(0, 3) }, () => random.pick(ODD_HEADERS));
      const answer = fetched(type, { bodyless, needsQueue: !NEEDS_NO_QUEUE.includes(target) });
      return exchange(render(getRequest(target, extra, bodyless ? "HEAD" : "GET")), [answer]);
    },
  },
  {
    name: "GET with a vote in its body",
    weight: 2,
    make(random) {
      const request = getRequest("/", [["Content-Type", "application/x-www-form-urlencoded"]]);
      return exchange(render({ ...request, body: "vote=a", framing: random.pick(["length", "chunked"]) }), [
        fetched("text/html", { needsQueue: true }),
      ]);
    },
  },
  {
    name: "GET /metrics",
    weight: 1,
    make: (random) => exchange(render(getRequest("/metrics", [random.pick(ODD_HEADERS)])), [fetched("text/plain")]),
  },
  {
    name: "result: receipts that are none",
    weight: 6,
    make(random) {
      const receipt = random.pick(RECEIPTS);
      const target = random.pick([`/api/ballots/${receipt}`, `/?ballot=${receipt}`, `/?ballot=${receipt}&ballot=y`]);
      const bytes = render(getRequest(target));
      const answer = { ...fetched(target.startsWith("/?") ? "text/html" : "application/json"), statuses: [200, 400, 404, 414] };
      return exchange(bytes, [bytes.length > MAX_HEADER_BYTES ? malformed(431) : answer], { service: "result" });
    },
  },
  {
    name: "result: pages and API with odd headers",
    weight: 3,
    make(random) {
      const [target, type] = random.pick([
        ["/", "text/html"],
        ["/api/results", "application/json"],
        ["/style.css", "text/css"],
        ["/live.js", "text/javascript"],
        ["/healthz", "text/plain"],
        ["/readyz", "text/plain"],
        ["/livez", "text/plain"],
      ] as const);
      return exchange(render(getRequest(target, [random.pick(ODD_HEADERS), random.pick(ODD_HEADERS)])), [fetched(type)], {
        service: "result",
      });
    },
  },
  {
    name: "result: event stream with odd headers",
    weight: 1,
    make: (random) =>
      exchange(
        render(getRequest("/events", [random.pick(ODD_HEADERS), random.pick(ODD_HEADERS)])),
        [fetched("text/event-stream", { openEnded: true })],
        { service: "result" },
      ),
  },
  {
    name: "result: other methods, addresses, rubbish",
    weight: 2,
    make(random) {
      const method = random.pick(["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"]);
      const target = random.pick(["/", "/api/results", "/events", "/api/ballots/x", "/nowhere", "/api/ballots", "/api/ballots/a/b"]);
      if (random.chance(0.2))
        return exchange(random.bytes(40).replaceAll(/[\r\n]/g, "x"), [malformed()], { service: "result", closes: true });
      return exchange(render(getRequest(target, [], method)), [refused("api", 404, 405)], { service: "result" });
    },
  },
];
