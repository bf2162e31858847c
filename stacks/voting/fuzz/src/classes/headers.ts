import { ENTRANCES, utf8 } from "../exchange.js";
import { accepted, acceptedOr, broken, exchange, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { type Header, OPTIONS, render, restyle, typeOf, voteRequest, withHeader, withoutHeader } from "../request-text.js";

const BAD_NAMES = ["Bad Name", "", "Na(me", "N\x00", "N\x01", "N\x7f", "N\xe9", "N@me", "N[0]", "N,", "N=", '"N"', "N{}", "Content-Type "];

/** A vote with a line put in among its headers as it is. */
function withLine(random: Random, line: string): string {
  const bytes = render(voteRequest(random.pick(ENTRANCES), random.pick(OPTIONS)));
  const lines = bytes.split("\r\n");
  lines.splice(random.int(2, lines.indexOf("")), 0, line);
  return lines.join("\r\n");
}

export const headers: readonly InputClass[] = [
  {
    name: "headers: many",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const request = voteRequest(at, option);
      const extra = Array.from({ length: random.int(50, 900) }, (_, index): Header => [`x${index}`, random.text(4)]);
      return exchange(render({ ...request, headers: random.shuffle([...request.headers, ...extra]) }), [accepted(at, option)]);
    },
  },
  {
    name: "headers: more than 2,000",
    weight: 1,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const extra = "a:\r\n".repeat(random.int(2_000, 3_500));
      // Those that are left out may be the ones that matter.
      const answer = acceptedOr(at, option, [400, 415, 431], { voter: "any" });
      return exchange(render(voteRequest(at, option)).replace("\r\n", `\r\n${extra}`), [answer]);
    },
  },
  {
    name: "headers: large",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const large = random.text(10).repeat(random.pick([100, 800, 1_500]));
      return exchange(render(withHeader(voteRequest(at, option), "X-Large", large)), [accepted(at, option)]);
    },
  },
  {
    name: "headers: too large",
    weight: 2,
    make(random) {
      const filler = random.text(10).repeat(random.pick([1_700, 3_000, 10_000]));
      const line = random.pick([`X-Large: ${filler}`, `${filler}: x`, `Cookie: ${filler}`, `Idempotency-Key: ${filler}`]);
      return broken(withLine(random, line), 431);
    },
  },
  {
    name: "headers: duplicated",
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const request = voteRequest(at, option);
      const twice = (name: string, value: string) => render({ ...request, headers: [...request.headers, [name, value]] });
      const kind = random.int(0, 3);
      if (kind === 0) return exchange(twice("Host", "other.example.com"), [acceptedOr(at, option, [400])]);
      if (kind === 1) return exchange(twice("Content-Type", typeOf(at)), [acceptedOr(at, option, [400, 415])]);
      if (kind === 2) return exchange(twice("Cookie", "theme=dark"), [accepted(at, option)]);
      const keyed = withHeader(request, "Idempotency-Key", "one");
      return exchange(render({ ...keyed, headers: [...keyed.headers, ["Idempotency-Key", "two"]] }), [refused(at, 400)]);
    },
  },
  {
    name: "headers: folded",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const folded = `first\r\n${random.pick([" ", "\t", "   "])}second`;
      return exchange(render(withHeader(voteRequest(at, option), "X-Folded", folded)), [acceptedOr(at, option, [400])]);
    },
  },
  {
    name: "headers: bad names",
    make: (random) => broken(withLine(random, `${random.pick(BAD_NAMES)}: x`)),
  },
  {
    name: "headers: control bytes in values",
    make(random) {
      const control = random.pick(["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\r", "\rX: y"]);
      return broken(withLine(random, `${random.pick(["X-A", "Cookie", "Idempotency-Key", "Host2"])}: a${control}b`));
    },
  },
  {
    name: "headers: no colon, rubbish lines",
    weight: 2,
    make: (random) => broken(withLine(random, random.pick(["no colon", "x", ":", ": x", "GET / HTTP/1.1", "<html>", "\x00", "é"]))),
  },
  {
    name: "headers: bytes that are not ASCII",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const value = random.pick([utf8("Zürich"), utf8("🗳️"), "\xff\xfe\x80", "\xa0"]);
      return exchange(render(withHeader(voteRequest(at, option), "X-Text", value)), [accepted(at, option)]);
    },
  },
  {
    name: "headers: lines that end with LF alone",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const [head = "", body = ""] = render(voteRequest(at, option)).split("\r\n\r\n");
      return exchange(`${head.replaceAll("\r\n", "\n")}\n\n${body}`, [acceptedOr(at, option, [400])]);
    },
  },
  {
    name: "headers: no Host",
    weight: 2,
    make(random) {
      const request = restyle(random, voteRequest(random.pick(ENTRANCES), random.pick(OPTIONS)));
      return broken(render(withoutHeader(request, "Host")));
    },
  },
  {
    name: "headers: odd Host",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const host = random.pick(["", "a b", "evil.example.com:99999", "[::1", "<script>", "a".repeat(5_000), "x/../y", "user@host"]);
      return exchange(render(withHeader(voteRequest(at, option), "Host", host)), [acceptedOr(at, option, [400])]);
    },
  },
  {
    name: "headers: Connection, Upgrade, TE, Trailer",
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const upgrade: readonly Header[] = [
        ["Connection", "Upgrade"],
        ["Upgrade", random.pick(["websocket", "h2c", "TLS/1.0", ""])],
      ];
      const others: readonly Header[] = [
        ["Connection", random.pick(["close", "keep-alive, close", "cookie", ",,", "x".repeat(100)])],
        ["TE", "trailers"],
        ["Keep-Alive", "timeout=99999999999"],
      ];
      const request = voteRequest(at, option);
      return exchange(render({ ...request, headers: [...request.headers, ...random.pick([upgrade, others])] }), [accepted(at, option)]);
    },
  },
  {
    name: "Expect: 100-continue",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const bytes = render(withHeader(voteRequest(at, option), "Expect", random.pick(["100-continue", "100-Continue"])));
      const head = bytes.indexOf("\r\n\r\n") + 4;
      return exchange(bytes, [accepted(at, option)], {
        steps: [{ sendTo: head }, { pauseMs: random.int(0, 5) }, { sendTo: bytes.length }],
      });
    },
  },
  {
    name: "Expect: anything else",
    weight: 1,
    make(random) {
      const at = random.pick(ENTRANCES);
      const expectation = random.pick(["200-ok", "x", "a=b", "99-continue"]);
      return exchange(render(withHeader(voteRequest(at, random.pick(OPTIONS)), "Expect", expectation)), [refused("api", 417)]);
    },
  },
];
