import {
  ENTRANCES,
  type Entrance,
  type Exchange,
  type Expected,
  OWN_COOKIE,
  OWN_ID,
  OWN_SEAL,
  OWN_SEAL_HEAD,
  VICTIM_ID,
  VICTIM_SEAL,
} from "../exchange.js";
import { accepted, acceptedOr, exchange, fetched, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { getRequest, OPTIONS, render, restyle, voteRequest, withHeader, withoutHeader } from "../request-text.js";

type Making = Omit<Exchange, "name">;

const FORGED = [
  `${VICTIM_ID}.${OWN_SEAL}`,
  `${OWN_ID}.${VICTIM_SEAL}`,
  VICTIM_ID,
  `${VICTIM_ID}.`,
  `${VICTIM_ID}.${"A".repeat(22)}`,
  `${VICTIM_ID}${VICTIM_SEAL}`,
  `${OWN_ID}.${OWN_SEAL_HEAD}`,
  `${OWN_COOKIE}A`,
  `${OWN_ID}..${OWN_SEAL}`,
  `${OWN_ID}.${OWN_SEAL_HEAD}\xe9`,
  "",
  ".",
  "x",
  "0",
  "null",
  "a".repeat(36),
  `${"0".repeat(8)}-0000-4000-8000-${"0".repeat(12)}.${OWN_SEAL}`,
  "'; DROP TABLE votes; --",
  "\xff".repeat(59),
  `${"a".repeat(8_000)}`,
  `${OWN_ID.slice(0, 36)} ${OWN_SEAL}`,
];

const voted = (random: Random, cookie: string, voter: "own" | "new" | "any"): Making => {
  const at = random.pick(ENTRANCES);
  const option = random.pick(OPTIONS);
  return exchange(render(restyle(random, withHeader(voteRequest(at, option), "Cookie", cookie))), [accepted(at, option, { voter })]);
};

/** Characters that an Idempotency-Key may have. */
const VISIBLE = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join("");

/** Characters of a key that names a voter without a cookie. */
const UNGUESSABLE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/** What came with another option before. */
const usedKey = (at: Entrance): Expected => ({ ...refused(at, 422), needsQueue: true });

export const identity: readonly InputClass[] = [
  {
    name: "cookie: none",
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      return exchange(render(restyle(random, withoutHeader(voteRequest(at, option), "Cookie"))), [accepted(at, option, { voter: "new" })]);
    },
  },
  {
    name: "cookie: among others, odd separators",
    make(random) {
      const around = random.pick([
        "x=1; @",
        "@; x=1",
        "x=1;@",
        "x=1;  @;y",
        "a; b=; =c; @",
        "x=1; @; y=voter_id=",
        "Voter_id=x; @",
        "xvoter_id=x; @",
        "voter_ida=x; @",
        `${"c=1; ".repeat(1_500)}@`,
        `big=${"x".repeat(8_000)}; @`,
        ";;;; @",
        "x=\xff; @",
      ]);
      return voted(random, around.replace("@", `voter_id=${OWN_COOKIE}`), "own");
    },
  },
  {
    name: "cookie: forged, truncated, of another voter",
    weight: 6,
    make: (random) => voted(random, `voter_id=${random.pick(FORGED)}`, "new"),
  },
  {
    name: "cookie: of another name or writing",
    weight: 2,
    make(random) {
      const text = random.pick([
        `Voter_Id=${OWN_COOKIE}`,
        `xvoter_id=${OWN_COOKIE}`,
        `voter_id:${OWN_COOKIE}`,
        OWN_COOKIE,
        "voter_id",
        "x=1,y=2",
        ";",
        "voter=1",
      ]);
      return voted(random, text, "new");
    },
  },
  {
    name: "cookie: voter_id twice, quoted, padded",
    weight: 2,
    make(random) {
      const text = random.pick([
        `voter_id=x; voter_id=${OWN_COOKIE}`,
        `voter_id=${OWN_COOKIE}; voter_id=x`,
        `voter_id="${OWN_COOKIE}"`,
        `voter_id=${OWN_COOKIE} ; x=1`,
        `voter_id= ${OWN_COOKIE}`,
        `voter_id =${OWN_COOKIE}`,
        `x=1, voter_id=${OWN_COOKIE}`,
      ]);
      return voted(random, text, "any");
    },
  },
  {
    name: "cookie: none, in a vote that is refused",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const request = withoutHeader(voteRequest(at, "zebra"), "Cookie");
      const bad = random.chance(0.5) ? request : withHeader(request, "Content-Type", "text/plain");
      return exchange(render(bad), [{ ...refused(at, 400, 415), cookie: "given" }]);
    },
  },
  {
    name: "cookie: none, or a good one, for the page",
    weight: 2,
    make(random) {
      const cookie = random.chance(0.5) ? "given" : "none";
      const request = getRequest("/", cookie === "given" ? [] : [["Cookie", `voter_id=${OWN_COOKIE}`]]);
      return exchange(render(request), [fetched("text/html", { needsQueue: true, cookie })]);
    },
  },
  {
    name: "Idempotency-Key: the same vote sent again",
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const key = random.text(random.pick([8, 36, 255]), VISIBLE);
      const others = Array.from({ length: random.int(1, 4) }, () => (random.chance(0.7) ? option : random.pick(OPTIONS)));
      const options = [option, ...others];
      const bytes = options.map((each) => render(withHeader(voteRequest(at, each), "Idempotency-Key", key))).join("");
      return exchange(
        bytes,
        options.map((each) => (each === option ? accepted(at, each, { key }) : usedKey(at))),
      );
    },
  },
  {
    name: "Idempotency-Key: one key, many voters",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const key = random.pick(["1", "retry", "same", "x".repeat(255)]);
      // The voter may have come with it before, in another exchange.
      return exchange(render(withHeader(voteRequest(at, option), "Idempotency-Key", key)), [acceptedOr(at, option, [422], { key })]);
    },
  },
  {
    name: "Idempotency-Key: without a cookie",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const option = random.pick(OPTIONS);
      const key = random.text(random.int(22, 255), UNGUESSABLE);
      const request = render(withoutHeader(withHeader(voteRequest(at, option), "Idempotency-Key", key), "Cookie"));
      const answer = accepted(at, option, { key, voter: "new" });
      return exchange(request + request, [answer, answer]);
    },
  },
  {
    name: "Idempotency-Key: guessable, without a cookie",
    weight: 2,
    make(random) {
      const at = random.pick(ENTRANCES);
      const key = random.pick(["1", "retry", random.text(21, UNGUESSABLE), `${random.text(40, UNGUESSABLE)}!`, `{${"a".repeat(36)}}`]);
      const cookie = random.pick([null, ...FORGED]);
      const request = withHeader(voteRequest(at, random.pick(OPTIONS)), "Idempotency-Key", key);
      const sent = cookie === null ? withoutHeader(request, "Cookie") : withHeader(request, "Cookie", `voter_id=${cookie}`);
      return exchange(render(sent), [{ ...refused(at, 400), cookie: "given" }]);
    },
  },
  {
    name: "Idempotency-Key: too long, empty, odd bytes",
    make(random) {
      const at = random.pick(ENTRANCES);
      const key = random.pick(["", "a b", "a\tb", "\xe9", "a\xff", "x".repeat(256), "x".repeat(5_000), "a, b"]);
      return exchange(render(withHeader(voteRequest(at, random.pick(OPTIONS)), "Idempotency-Key", key)), [refused(at, 400)]);
    },
  },
];
