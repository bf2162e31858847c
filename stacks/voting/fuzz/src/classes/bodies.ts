import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Bytes, ENTRANCES, type Entrance, type Exchange, utf8 } from "../exchange.js";
import { accepted, acceptedOr, exchange, MAX_BODY_BYTES, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { bodyOf, FORM, JSON_TYPE, OPTIONS, render, restyle, typeOf, voteRequest, withHeader, withoutHeader } from "../request-text.js";

/** With strings of any UTF-16 units, lone surrogates among them. */
const ANY_JSON = fc.json({ stringUnit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) });

type Making = Omit<Exchange, "name">;

const post = (random: Random, at: Entrance, body: Bytes): Bytes =>
  render(restyle(random, voteRequest(at, "", { body, framing: random.chance(0.2) ? "chunked" : "length" })));

const good = (random: Random, at: Entrance, option: string, body: Bytes): Making =>
  exchange(post(random, at, body), [accepted(at, option)]);
const bad = (random: Random, at: Entrance, body: Bytes): Making => exchange(post(random, at, body), [refused(at, 400)]);
const open = (random: Random, at: Entrance, option: string, body: Bytes): Making =>
  exchange(post(random, at, body), [acceptedOr(at, option, [400])]);

const NO_OPTIONS = [
  "A",
  "B",
  " a",
  "a ",
  "c",
  "ab",
  "a,b",
  "",
  "0",
  "1",
  "null",
  "true",
  "Cats",
  "\u0430",
  "\uff41",
  "a\u0301",
  "constructor",
  "__proto__",
];
const JSON_VALUES = [
  "null",
  "true",
  "0",
  "1e999",
  "-0",
  "[]",
  '["a"]',
  "{}",
  '{"vote":"a"}',
  '{"toString":"a"}',
  '[["a"]]',
  "9".repeat(400),
  '"a\\u0000"',
  '"\\ud800"',
];
const BAD_JSON = [
  "",
  " ",
  "{",
  "}",
  "a",
  '"a"',
  "null",
  "[]",
  '["a"]',
  "0",
  "true",
  '{"vote":}',
  '{"vote":"a"',
  '{"vote":"a"}}',
  '{"vote":"a"}{"vote":"b"}',
  '{"vote":"a",}',
  "{'vote':'a'}",
  "{vote:'a'}",
  '{"vote":"a"} x',
  '{"vote":"a"}\x00',
  '{"vote":NaN}',
  '{"vote":"a"}//',
  '{"vote":"\na"}',
  '{"vote":"\\x61"}',
  '{"Vote":"a"}',
  '{"vote ":"a"}',
  '{"votes":"a"}',
  '{"__proto__":{"vote":"a"}}',
  '{"\\u005f_proto__":{"vote":"a"}}',
  '{"constructor":{"prototype":{"vote":"a"}}}',
  "vote=a",
  "<vote>a</vote>",
  "\xff\xfe{\x00}\x00",
  "\x1f\x8b\x08\x00",
  '[{"vote":"a"}]',
  '{"a":{"vote":"a"}}',
];
const BAD_FORMS = [
  "",
  "&",
  "=",
  "a",
  "vote",
  "vote=",
  "vote=&",
  "votes=a",
  "VOTE=a",
  "Vote=a",
  " vote=a",
  "vote[]=a",
  "vote[0]=a",
  "vote.a=a",
  "vote=a;",
  "x=1;vote=a",
  "vote=a&vote=a",
  "vote=a&vote=b",
  "vote=a&%76ote=b",
  "vote=a%00",
  "vote=%00a",
  "vote=%00",
  "vote=a+",
  "vote=+a",
  "vote=%20a",
  "vote=a\r\n",
  "vote=a\x00",
  "vote=%zz",
  "vote=%6",
  "vote=%u0061",
  "vote=%C0%E1",
  "vote=\xff",
  "vote==a",
  "?vote=a",
  "#vote=a",
  "\xef\xbb\xbfvote=a",
  '{"vote":"a"}',
  "vote%3Da",
  "vote:a",
  "+vote=a",
];

export const bodies: readonly InputClass[] = [
  {
    name: "a vote as it should be",
    weight: 12,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      return good(random, at, option, bodyOf(at, option));
    },
  },
  {
    name: "content type: other ways to write it",
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const type = typeOf(at);
      const written = random.pick([
        type.toUpperCase(),
        `${type}; charset=utf-8`,
        `${type};charset=UTF-8`,
        ` ${type}`,
        `${type} ; charset="utf-8"`,
      ]);
      return exchange(render(withHeader(voteRequest(at, option), "Content-Type", written)), [accepted(at, option)]);
    },
  },
  {
    name: "content type: not accepted, or none",
    make(random) {
      const at = random.pick(ENTRANCES);
      const other = at === "page" ? JSON_TYPE : FORM;
      const type = random.pick([
        other,
        "text/plain",
        "application/xml",
        "text/html",
        "application/jsonx",
        "application/vnd.api+json",
        "json",
        "/",
        "a/b/c",
        "*/*",
        "\xff",
        "x".repeat(8_000),
        "application/octet-stream",
        "",
      ]);
      const request = voteRequest(at, random.pick(OPTIONS));
      const written = random.chance(0.1) ? withoutHeader(request, "Content-Type") : withHeader(request, "Content-Type", type);
      return exchange(render(written), [refused(at, 415)]);
    },
  },
  {
    name: "content type: odd parameters, charsets, lists",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const more = random.pick([
        "; charset=utf-16",
        "; charset=utf-7",
        "; charset=",
        ";",
        "; ;",
        "; a=b; a=c",
        ", text/plain",
        "\ta",
        ' ; x="',
        "; charset=\xff",
      ]);
      return exchange(render(withHeader(voteRequest(at, option), "Content-Type", typeOf(at) + more)), [acceptedOr(at, option, [400, 415])]);
    },
  },
  {
    name: "content encoding",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const body = gzipSync(bodyOf(at, option)).toString("latin1");
      const request = withHeader(
        voteRequest(at, option),
        "Content-Encoding",
        random.pick(["gzip", "br", "deflate", "x", "identity", "gzip, gzip"]),
      );
      if (random.chance(0.5)) return exchange(render({ ...request, body }), [refused(at, 400, 415)]);
      return exchange(render(request), [acceptedOr(at, option, [400, 415])]);
    },
  },
  {
    name: "multipart",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const body = `--x\r\nContent-Disposition: form-data; name="vote"\r\n\r\n${random.pick(OPTIONS)}\r\n--x--\r\n`;
      return exchange(render(withHeader(voteRequest(at, "", { body }), "Content-Type", "multipart/form-data; boundary=x")), [
        refused(at, 415),
      ]);
    },
  },
  {
    name: "an option that the poll does not have",
    weight: 6,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.chance(0.3) ? random.text(random.int(2, 300)) : random.pick(NO_OPTIONS);
      return bad(random, at, at === "page" ? `vote=${encodeURIComponent(option)}` : utf8(JSON.stringify({ vote: option })));
    },
  },
  {
    name: "JSON: valid, unusual",
    make(random) {
      const option = random.pick(OPTIONS);
      const code = `\\u00${option.charCodeAt(0).toString(16)}`;
      const depth = random.int(1, 1_500);
      const body = random.pick([
        ` \r\n\t{ "vote" : "${option}" }\n `,
        `{"vote":"${code}"}`,
        `{"\\u0076ote":"${option}"}`,
        `{"x":null,"vote":"${option}","y":[1,2]}`,
        `{"vote":"${option}","x":"\\ud800"}`,
        `{"x":${"[".repeat(depth)}${"]".repeat(depth)},"vote":"${option}"}`,
        `{"x":${"9".repeat(400)},"vote":"${option}"}`,
        `{"toString":1,"hasOwnProperty":2,"vote":"${option}"}`,
        utf8(`{"🗳️":"é","vote":"${option}"}`),
        `{"":"","vote":"${option}"}`,
      ]);
      return good(random, "api", option, body);
    },
  },
  {
    name: "JSON: left open by the specification",
    weight: 2,
    make(random) {
      const option = random.pick(OPTIONS);
      const body = random.pick([
        `{"vote":"x","vote":"${option}"}`,
        `\xef\xbb\xbf{"vote":"${option}"}`,
        `{"vote":"${option}","x":"\xff\xc0\x80"}`,
        `{"__proto__":null,"vote":"${option}"}`,
        `{"vote":"${option}","constructor":{"prototype":{}}}`,
      ]);
      return open(random, "api", option, body);
    },
  },
  { name: "JSON: broken, or no object with a vote", weight: 6, make: (random) => bad(random, "api", random.pick(BAD_JSON)) },
  { name: "JSON: a vote that is no text", make: (random) => bad(random, "api", `{"vote":${random.pick(JSON_VALUES)}}`) },
  {
    name: "JSON: deeply nested",
    weight: 1,
    make(random) {
      const opener = random.pick(["[", '{"a":', '{"vote":', "[[", '{"vote":[']);
      return bad(random, "api", opener.repeat(random.int(100, Math.floor(MAX_BODY_BYTES / opener.length))));
    },
  },
  {
    name: "JSON: anything (fast-check)",
    make(random) {
      const [text = ""] = fc.sample(ANY_JSON, { seed: random.next(), numRuns: 1 });
      return bad(random, "api", utf8(text).slice(0, MAX_BODY_BYTES));
    },
  },
  {
    name: "form: valid, unusual",
    make(random) {
      const option = random.pick(OPTIONS);
      const code = `%${option.charCodeAt(0).toString(16)}`;
      const body = random.pick([
        `vote=${code}`,
        `%76%6f%74%65=${option}`,
        `&&&vote=${option}&&`,
        `x=1&vote=${option}&x=2`,
        `vote=${option}&Vote=x`,
        `vote=${option}&x=%zz`,
        `vote=${option}&x=\xff`,
        `vote=${option}&votes=x&vote[]=x`,
        `${"&".repeat(random.int(1, 4_000))}vote=${option}`,
        `${"a=1&".repeat(random.int(1, 1_000))}vote=${option}`,
        `vote=${option}&x=%00`,
        `vote=${option}&=`,
        `vote=${option}&x=%F0%9F`,
      ]);
      return good(random, "page", option, body);
    },
  },
  { name: "form: no vote, two votes, broken encodings", weight: 6, make: (random) => bad(random, "page", random.pick(BAD_FORMS)) },
  {
    name: "form: anything",
    make: (random) =>
      bad(
        random,
        "page",
        `${random.pick(["", "vote=x", "x="])}${random.bytes(random.int(1, 400)).replaceAll(/vote=/g, "")}`.replaceAll(/&vote/g, ""),
      ),
  },
];
