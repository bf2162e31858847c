import { ENTRANCES, type Step } from "../exchange.js";
import { accepted, acceptedOr, exchange, malformed } from "../expectations.js";
import type { InputClass } from "../input-class.js";
import type { Random } from "../random.js";
import { getRequest, OPTIONS, render, restyle, voteRequest } from "../request-text.js";

const LAST_VOTE = voteRequest("api", "a");

/** A vote's bytes, its entrance and its option. */
function drawVote(random: Random) {
  const at = random.pick(ENTRANCES);
  const option = random.pick(OPTIONS);
  const bytes = render(restyle(random, voteRequest(at, option, { framing: random.pick(["length", "chunked"]) })));
  return { at, option, bytes };
}

export const timing: readonly InputClass[] = [
  {
    name: "slow: byte by byte",
    weight: 1,
    make(random) {
      const { at, option, bytes } = drawVote(random);
      const steps = Array.from(bytes, (_, index): Step[] => [{ sendTo: index + 1 }, { pauseMs: 0 }]).flat();
      return exchange(bytes, [accepted(at, option)], { steps });
    },
  },
  {
    name: "slow: in pieces, with pauses",
    weight: 2,
    make(random) {
      const { at, option, bytes } = drawVote(random);
      const cuts = Array.from({ length: random.int(1, 6) }, () => random.int(1, bytes.length - 1)).sort((a, b) => a - b);
      const steps = cuts.flatMap((sendTo): Step[] => [{ sendTo }, { pauseMs: random.int(0, 20) }]);
      return exchange(bytes, [accepted(at, option)], { steps: [...steps, { sendTo: bytes.length }] });
    },
  },
  {
    name: "cut: before the vote is whole",
    weight: 6,
    make(random) {
      const { bytes } = drawVote(random);
      const steps: Step[] = [
        { sendTo: random.int(0, bytes.length - 1) },
        { pauseMs: random.pick([0, 0, 1, 5]) },
        { cut: random.pick(["close", "reset"]) },
      ];
      return exchange(bytes, [malformed(400)], { steps, mayStayUnanswered: true });
    },
  },
  {
    name: "cut: after the vote, before its answer",
    make(random) {
      const { at, option, bytes } = drawVote(random);
      const steps: Step[] = [{ sendTo: bytes.length }, { pauseMs: random.pick([0, 0, 1, 2]) }, { cut: random.pick(["close", "reset"]) }];
      return exchange(bytes, [accepted(at, option)], { steps, mayStayUnanswered: true, mayLand: [option] });
    },
  },
  {
    name: "cut: in the middle of several votes",
    weight: 2,
    make(random) {
      const votes = Array.from({ length: random.int(2, 6) }, () => drawVote(random));
      const bytes = votes.map((vote) => vote.bytes).join("");
      const steps: Step[] = [
        { sendTo: random.int(1, bytes.length) },
        { pauseMs: random.pick([0, 1]) },
        { cut: random.pick(["close", "reset"]) },
      ];
      const answers = votes.map(({ at, option }) => acceptedOr(at, option, [400]));
      return exchange(bytes, answers, { steps, mayStayUnanswered: true, mayLand: votes.map(({ option }) => option) });
    },
  },
  {
    name: "half-closed: before the vote is whole",
    weight: 2,
    make(random) {
      const { bytes } = drawVote(random);
      return exchange(bytes, [malformed(400)], {
        steps: [{ sendTo: random.int(0, bytes.length - 1) }, { finish: true }],
        closes: true,
        mayStayUnanswered: true,
      });
    },
  },
  {
    name: "half-closed: after the vote",
    weight: 2,
    make(random) {
      const { at, option, bytes } = drawVote(random);
      const steps: Step[] = [{ sendTo: bytes.length }, { finish: true }];
      return exchange(bytes, [accepted(at, option)], { steps, closes: true, mayStayUnanswered: true, mayLand: [option] });
    },
  },
  {
    name: "cut: answers never read",
    weight: 1,
    make(random) {
      const bytes = render(getRequest("/")).repeat(random.int(20, 60)) + render({ ...LAST_VOTE, body: '{"vote":"zebra"}' });
      return exchange(bytes, [], { steps: [{ sendTo: bytes.length }, { cut: "reset" }], mayStayUnanswered: true, requests: 1 });
    },
  },
];
