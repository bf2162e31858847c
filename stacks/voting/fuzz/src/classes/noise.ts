import { ENTRANCES, type Expected, OWN_COOKIE } from "../exchange.js";
import { exchange, malformed } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { OPTIONS, render, restyle, voteRequest } from "../request-text.js";

/** Whatever the bytes mean now: a vote, a refusal or nothing; the answers and the ledger must still agree. */
const ANYTHING: Expected = {
  statuses: [200, 202, 400, 404, 405, 408, 411, 413, 414, 415, 417, 431],
  vote: { option: null, at: null, voter: "any" },
  problem: "any",
};

export const noise: readonly InputClass[] = [
  {
    name: "random bytes",
    make(random) {
      // The first byte begins no method, so that these are a request under no reading.
      const bytes = `${random.pick(["\x00", "\x16\x03\x01", "z", "{", "\xff", "<"])}${random.bytes(random.int(0, 500))}`;
      return exchange(bytes, [malformed()], { closes: true });
    },
  },
  {
    name: "a vote with bytes changed, lost or doubled",
    weight: 6,
    make(random) {
      const request = restyle(random, voteRequest(random.pick(ENTRANCES), random.pick(OPTIONS)));
      let bytes = render(request);
      for (let times = random.int(1, 3); times > 0; times--) bytes = mutate(random, bytes);
      return exchange(bytes, [ANYTHING, ANYTHING, ANYTHING], {
        enough: 1,
        mayStayUnanswered: true,
        mayLand: [null],
        requests: 1,
      });
    },
  },
];

/** Changes the bytes somewhere outside of the voter's cookie, which tells whose ballot it is. */
function mutate(random: Random, bytes: string): string {
  const cookieAt = bytes.indexOf(OWN_COOKIE);
  const at = random.int(0, bytes.length - 1);
  if (cookieAt >= 0 && at >= cookieAt && at < cookieAt + OWN_COOKIE.length) return mutate(random, bytes);
  const rest = bytes.slice(at + 1);
  switch (random.int(0, 3)) {
    case 0:
      return bytes.slice(0, at) + rest;
    case 1:
      return bytes.slice(0, at + 1) + (bytes[at] as string).repeat(random.int(1, 5)) + rest;
    case 2:
      return bytes.slice(0, at) + random.bytes(1) + rest;
    default:
      return bytes.slice(0, at) + String.fromCharCode(bytes.charCodeAt(at) ^ (1 << random.int(0, 7))) + rest;
  }
}
