import { type Bytes, ENTRANCES, type Expected, type Step } from "../exchange.js";
import { accepted, exchange, fetched, malformed, refused } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { getRequest, OPTIONS, render, restyle, voteRequest, withHeader } from "../request-text.js";

/** A request whose end is clear, good or bad, and its answer. */
function drawRequest(random: Random): readonly [Bytes, Expected] {
  const at = random.pick(ENTRANCES);
  const option = random.pick(OPTIONS);
  const request = restyle(random, voteRequest(at, option, { framing: random.pick(["length", "chunked"]) }));
  switch (random.int(0, 8)) {
    case 0:
      return [render({ ...request, body: at === "page" ? "vote=zebra" : '{"vote":"zebra"}' }), refused(at, 400)];
    case 1:
      return [render(withHeader(request, "Content-Type", "text/plain")), refused(at, 415)];
    case 2:
      return [render({ ...request, target: "/nowhere" }), refused("api", 404)];
    case 3:
      return [render({ ...request, method: "DELETE" }), refused(at, 405)];
    case 4:
      return [render(getRequest("/")), fetched("text/html", { needsQueue: true })];
    case 5:
      return [render(getRequest("/", [], "HEAD")), fetched("text/html", { needsQueue: true, bodyless: true })];
    default:
      return [render(request), accepted(at, option)];
  }
}

const RUBBISH = [
  "rubbish\r\n\r\n",
  "\x00",
  "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
  "get / HTTP/1.1\r\n\r\n",
  "POST /api/votes HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
];

export const conversations: readonly InputClass[] = [
  {
    name: "pipelined: good and bad mixed",
    weight: 8,
    make(random) {
      const requests = Array.from({ length: random.int(2, 10) }, () => drawRequest(random));
      return exchange(
        requests.map(([bytes]) => bytes).join(""),
        requests.map(([, answer]) => answer),
      );
    },
  },
  {
    name: "pipelined: with rubbish behind",
    weight: 6,
    make(random) {
      const requests = Array.from({ length: random.int(1, 4) }, () => drawRequest(random));
      const bytes = requests.map(([text]) => text).join("") + random.pick(RUBBISH);
      return exchange(bytes, [...requests.map(([, answer]) => answer), malformed()], { closes: true });
    },
  },
  {
    name: "kept alive: one after another, also after an error",
    weight: 6,
    make(random) {
      const requests = Array.from({ length: random.int(2, 6) }, () => drawRequest(random));
      let bytes = "";
      const steps = requests.flatMap(([text], index): Step[] => {
        bytes += text;
        return [{ sendTo: bytes.length }, { awaitAnswers: index + 1 }];
      });
      return exchange(
        bytes,
        requests.map(([, answer]) => answer),
        { steps },
      );
    },
  },
];
