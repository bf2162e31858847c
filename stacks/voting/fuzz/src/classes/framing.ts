import { ENTRANCES, type Entrance, VICTIM_ID, VICTIM_SEAL } from "../exchange.js";
import { accepted, acceptedOr, broken, exchange, fetched, MAX_BODY_BYTES, malformed, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { bodyOf, chunked, getRequest, OPTIONS, render, voteRequest, withHeader } from "../request-text.js";

const NO_LENGTHS = [
  "-1",
  "+6",
  "0x6",
  "six",
  "",
  "6.0",
  "1e1",
  "6 6",
  "6;",
  "'6'",
  "18446744073709551616",
  "9".repeat(30),
  "\xb2",
  "6\x00",
  "1_0",
];

/** The last request of a connection: an answer too many would come before its own. */
const LAST = render(getRequest("/style.css", [["Connection", "close"]]));
const LAST_ANSWER = fetched("text/css");

/** A whole vote of a voter who never votes: counted only by who mistakes a body for a request. */
const SMUGGLED = render(withHeader(voteRequest("api", "b"), "Cookie", `voter_id=${VICTIM_ID}.${VICTIM_SEAL}`));

/** A vote whose framing is told by these headers, and whose body is this. */
function framed(at: Entrance, option: string, headers: readonly (readonly [string, string])[], body: string): string {
  const request = voteRequest(at, option, { framing: "none", body });
  return render({ ...request, headers: [...request.headers, ...headers] });
}

const draw = (random: Random): [Entrance, string] => [random.pick(ENTRANCES), random.pick(OPTIONS)];

export const framing: readonly InputClass[] = [
  {
    name: "Content-Length: no number",
    make(random) {
      const [at, option] = draw(random);
      return broken(framed(at, option, [["Content-Length", random.pick(NO_LENGTHS)]], bodyOf(at, option)));
    },
  },
  {
    name: "Content-Length: other ways to write it",
    weight: 2,
    make(random) {
      const [at, option] = draw(random);
      const { length } = bodyOf(at, option);
      const written = random.pick([`00${length}`, `${length}  `, `\t${length}`]);
      return exchange(framed(at, option, [["Content-Length", written]], bodyOf(at, option)) + LAST, [accepted(at, option), LAST_ANSWER]);
    },
  },
  {
    name: "Content-Length: shorter than what is sent",
    make(random) {
      const [at, option] = draw(random);
      const bytes = framed(at, option, [["Content-Length", String(bodyOf(at, option).length)]], bodyOf(at, option));
      const more = random.pick(["x", "zzz", "{}", "&vote=b", "\x00", "vote=b", "post / HTTP/1.1\r\n\r\n"]);
      return exchange(bytes + more, [accepted(at, option), malformed()], { closes: true });
    },
  },
  {
    name: "Content-Length: cuts the vote off, or none",
    make(random) {
      const [at, option] = draw(random);
      const body = bodyOf(at, option);
      const none = random.chance(0.3);
      const said = random.int(0, body.length - 1);
      const bytes = framed(at, option, none ? [] : [["Content-Length", String(said)]], body);
      return exchange(bytes, [refused(at, 400), malformed()], { closes: true });
    },
  },
  {
    name: "Content-Length: huge",
    weight: 2,
    make(random) {
      const [at, option] = draw(random);
      const said = random.pick(["4097", "1000000", "2147483648", "4294967296", "9007199254740993", "9223372036854775807"]);
      return exchange(framed(at, option, [["Content-Length", said]], bodyOf(at, option)), [refused(at, 413)]);
    },
  },
  {
    name: "Content-Length: twice",
    weight: 2,
    make(random) {
      const [at, option] = draw(random);
      const body = bodyOf(at, option);
      const length = String(body.length);
      if (random.chance(0.5)) {
        const other = String(random.int(0, 2 * body.length + 1));
        if (other !== length)
          return broken(
            framed(
              at,
              option,
              [
                ["Content-Length", length],
                ["Content-Length", other],
              ],
              body,
            ),
          );
      }
      return exchange(
        framed(
          at,
          option,
          [
            ["Content-Length", length],
            ["Content-Length", length],
          ],
          body,
        ),
        [acceptedOr(at, option, [400])],
      );
    },
  },
  {
    name: "smuggling: Content-Length with Transfer-Encoding",
    make(random) {
      const [at, option] = draw(random);
      const body = random.pick([`0\r\n\r\n${SMUGGLED}`, chunked(bodyOf(at, option)) + SMUGGLED, SMUGGLED, bodyOf(at, option)]);
      const length = random.pick([0, 3, 5, body.length, body.length - SMUGGLED.length, MAX_BODY_BYTES]);
      const both = random.shuffle([
        ["Content-Length", String(Math.max(0, length))],
        ["Transfer-Encoding", random.pick(["chunked", "Chunked", "identity", "gzip, chunked"])],
      ] as const);
      return broken(framed(at, option, both, body));
    },
  },
  {
    name: "smuggling: odd Transfer-Encoding",
    make(random) {
      const [at, option] = draw(random);
      const coding = random.pick([
        "identity",
        "xchunked",
        "chunkedx",
        "chunked, identity",
        "gzip",
        "chunked;q=1",
        "chu nked",
        "",
        "chunked,",
        '"chunked"',
        "ch\x0bunked",
      ]);
      return broken(framed(at, option, [["Transfer-Encoding", coding]], chunked(bodyOf(at, option)) + SMUGGLED));
    },
  },
  {
    name: "smuggling: a whole request inside a body",
    make(random) {
      const [at, option] = draw(random);
      const body = at === "page" ? `vote=${option}&x=${SMUGGLED}` : JSON.stringify({ x: SMUGGLED, vote: option });
      const request = voteRequest(at, option, { body, framing: random.pick(["length", "chunked"]) });
      return exchange(render(request) + LAST, [accepted(at, option), LAST_ANSWER]);
    },
  },
  {
    name: "smuggling: a request inside a refused body",
    make(random) {
      const at = random.pick(ENTRANCES);
      const kind = random.int(0, 2);
      const request = voteRequest(at, "a", { body: SMUGGLED, framing: random.pick(["length", "chunked"]) });
      if (kind === 0) return exchange(render({ ...request, target: "/nowhere" }) + LAST, [refused("api", 404), LAST_ANSWER]);
      if (kind === 1) return exchange(render({ ...request, method: "PUT" }) + LAST, [refused(at, 405), LAST_ANSWER]);
      return exchange(render(withHeader(request, "Content-Type", "text/plain")) + LAST, [refused(at, 415), LAST_ANSWER]);
    },
  },
  {
    name: "chunked: as it should be",
    make(random) {
      const [at, option] = draw(random);
      const body = bodyOf(at, option);
      const plain = chunked(body, random.int(1, 20));
      const text = random.pick([
        plain,
        chunked(body, 5, ';name=value;other="x"'),
        plain.replace(/^([0-9a-f])\r/, "000$1\r"),
        `${plain.slice(0, -2)}X-Trailer: a\r\nCookie: voter_id=b\r\n\r\n`,
      ]);
      return exchange(framed(at, option, [["Transfer-Encoding", random.pick(["chunked", "CHUNKED", " chunked"])]], text) + LAST, [
        accepted(at, option),
        LAST_ANSWER,
      ]);
    },
  },
  {
    name: "chunked: broken",
    make(random) {
      const [at, option] = draw(random);
      const body = bodyOf(at, option);
      const size = body.length.toString(16);
      const text = random.pick([
        `g\r\n${body}\r\n0\r\n\r\n`,
        `-${size}\r\n${body}\r\n0\r\n\r\n`,
        `0x${size}\r\n${body}\r\n0\r\n\r\n`,
        `\r\n${body}\r\n0\r\n\r\n`,
        `${"f".repeat(20)}\r\n${body}\r\n0\r\n\r\n`,
        `${size}\r\n${body}x\r\n0\r\n\r\n`,
        `${size}\r\n${body}${body}\r\n0\r\n\r\n`,
        `${size};${"x".repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`,
        `${size}\r\n${body}\r\nz\r\n\r\n`,
        `${size}\r\n${body}\r\n0\r\nbad trailer\r\n\r\n`,
        body,
      ]);
      return broken(framed(at, option, [["Transfer-Encoding", "chunked"]], text), 400, 413);
    },
  },
  {
    name: "chunked: broken, after the refusal",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const request = voteRequest(at, "a", { framing: "none", body: "" });
      const head = render({
        ...withHeader(request, "Content-Type", "text/plain"),
        headers: [...request.headers, ["Transfer-Encoding", "chunked"]],
        ...random.pick([{ target: "/nowhere" }, { method: "DELETE" }]),
      });
      const answer = head.includes("/nowhere") ? refused("api", 404) : refused(at, 405);
      return exchange(`${head}2\r\nab\r\nrubbish\r\n`, [answer], {
        closes: true,
        steps: [{ sendTo: head.length }, { awaitAnswers: 1 }, { sendTo: head.length + 16 }],
      });
    },
  },
  {
    name: "body: of the largest size",
    weight: 2,
    make(random) {
      const [at, option] = draw(random);
      const body = padded(at, option, MAX_BODY_BYTES);
      return exchange(render(voteRequest(at, option, { body, framing: random.pick(["length", "chunked"]) })) + LAST, [
        accepted(at, option),
        LAST_ANSWER,
      ]);
    },
  },
  {
    name: "body: too large",
    make(random) {
      const [at, option] = draw(random);
      const body = padded(at, option, random.pick([MAX_BODY_BYTES + 1, 5_000, 50_000, 300_000]));
      return exchange(render(voteRequest(at, option, { body, framing: random.pick(["length", "chunked"]) })), [refused(at, 413)]);
    },
  },
];

/** A vote with something beside it, of so many bytes in all. */
function padded(at: Entrance, option: string, bytes: number): string {
  const [before, after] = at === "page" ? [`vote=${option}&x=`, ""] : [`{"vote":"${option}","x":"`, '"}'];
  return before + "x".repeat(bytes - before.length - after.length) + after;
}
