import { type Bytes, ENTRANCES, OWN_COOKIE } from "../exchange.js";
import { accepted, exchange, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { OPTIONS, render, restyle, voteRequest, withHeader, withoutHeader } from "../request-text.js";

const HEX = "0123456789abcdef";

/** A one-time value as the page's form has it. */
const drawOnce = (random: Random): Bytes => [8, 4, 4, 4, 12].map((length) => random.text(length, HEX)).join("-");

const formOf = (option: string, once: Bytes): Bytes => `once=${once}&vote=${option}`;

/** Headers of a browser on one of our own pages, or of what is no browser. The fuzzer's host is poll.example.com. */
const OWN_ORIGINS = [
  ["Origin", "http://poll.example.com"],
  ["Origin", "https://poll.example.com"],
  ["Origin", "https://poll.example.com:8443"],
  ["Origin", "HTTP://POLL.EXAMPLE.COM:80"],
  ["Sec-Fetch-Site", "same-origin"],
  ["Sec-Fetch-Site", "none"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Referer", "http://elsewhere.example.com/"],
] as const;

const FOREIGN_ORIGINS = [
  ["Origin", "http://elsewhere.example.com"],
  ["Origin", "http://poll.example.com.elsewhere.example.com"],
  ["Origin", "http://poll.example.com@elsewhere.example.com"],
  ["Origin", "null"],
  ["Origin", ""],
  ["Origin", "poll.example.com"],
  ["Origin", "file://poll.example.com"],
  ["Origin", "http://\xff"],
  ["Origin", "http://poll.example.com, http://elsewhere.example.com"],
  ["Origin", `http://${"a".repeat(5_000)}`],
  ["Sec-Fetch-Site", "cross-site"],
  ["Sec-Fetch-Site", "same-site"],
  ["Sec-Fetch-Site", "Same-Origin"],
  ["Sec-Fetch-Site", "x"],
] as const;

export const forms: readonly InputClass[] = [
  {
    name: "form: its one-time value, sent again",
    make(random) {
      const once = drawOnce(random);
      const option = random.pick(OPTIONS);
      const options = [option, ...Array.from({ length: random.int(1, 4) }, () => (random.chance(0.7) ? option : random.pick(OPTIONS)))];
      return exchange(
        options.map((each) => render(restyle(random, voteRequest("page", each, { body: formOf(each, once) })))).join(""),
        options.map((each) =>
          each === option ? accepted("page", each, { key: once }) : { ...refused("page", 422), needsQueue: true, cookie: "none" as const },
        ),
      );
    },
  },
  {
    name: "form: its one-time value, sent again without a cookie",
    weight: 2,
    make(random) {
      const once = drawOnce(random);
      const option = random.pick(OPTIONS);
      const bytes = render(withoutHeader(voteRequest("page", option, { body: formOf(option, once) }), "Cookie"));
      const answer = accepted("page", option, { key: once, voter: "new" });
      return exchange(bytes + bytes, [answer, answer]);
    },
  },
  {
    name: "form: a one-time value that is none",
    weight: 2,
    make(random) {
      const good = drawOnce(random);
      const once = random.pick([
        "",
        "1",
        good.toUpperCase().replaceAll(/\d/g, "A"),
        `${good}0`,
        good.slice(1),
        `${good}%00`,
        `${good}&once=${good}`,
        good.replaceAll("-", ""),
        "\xff",
        OWN_COOKIE,
        "x".repeat(3_000),
      ]);
      return exchange(render(restyle(random, voteRequest("page", "", { body: formOf(random.pick(OPTIONS), once) }))), [
        refused("page", 400),
      ]);
    },
  },
  {
    name: "form: a one-time value under another name",
    weight: 1,
    make(random) {
      const option = random.pick(OPTIONS);
      const name = random.pick(["Once", "once[]", "x", "token", "onc%65%20", "_once"]);
      return exchange(render(voteRequest("page", option, { body: `${name}=${drawOnce(random)}&vote=${option}` })), [
        accepted("page", option),
      ]);
    },
  },
  {
    name: "origin: our own page, or none",
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const [name, value] = random.pick(OWN_ORIGINS);
      return exchange(render(withHeader(voteRequest(at, option), name, value)), [accepted(at, option)]);
    },
  },
  {
    name: "origin: another site's page",
    make(random) {
      const at = random.pick(ENTRANCES);
      const [name, value] = random.pick(FOREIGN_ORIGINS);
      const request = withHeader(voteRequest(at, random.pick(OPTIONS)), name, value);
      // What its browser holds back may be the voter's cookie: the answer must not replace it.
      const sent = random.chance(0.5) ? withoutHeader(request, "Cookie") : request;
      return exchange(render(sent), [{ ...refused(at, 403), cookie: "none" }]);
    },
  },
];
