import {
  type Cause,
  calledEnd,
  type ExplainedReach,
  explainedReachability,
  type NetworkRule,
  type Plan,
  type ReachEnd,
  reachPaths,
  whyNot,
} from "@groundplan/model";
import { fits, type Question } from "./question.js";

export interface ReachReport {
  readonly reaches: readonly ReachRow[];
  /** The connections that were asked for, each of its own, and that are refused. */
  readonly refused: readonly Refusal[];
  /** The host that both ends are on; `null`: they are not. */
  readonly sameHost: string | null;
}

export interface ReachRow {
  readonly from: ReachEnd;
  readonly to: ReachEnd;
  readonly port: number;
  readonly protocol: NetworkRule["protocol"];
  /** The hosts on the way. */
  readonly via: readonly ReachEnd[];
  /** Of the last connection, as `because`. */
  readonly causes: readonly Cause[];
  readonly because: readonly NetworkRule[];
}

export interface Refusal {
  readonly from: ReachEnd;
  readonly to: ReachEnd;
  /** `null`: every port. */
  readonly port: number | null;
  readonly why: readonly string[];
}

/** The answer to a question about one plan. */
export function reachReport(plan: Plan, question: Question, hops: number): ReachReport {
  const all = explainedReachability(plan);
  const hosts = plan.hosts.map(({ name }) => name);
  const senders = [...new Set([...all.map(({ from }) => from), ...hosts])];
  const reaches = senders.flatMap((from) => reachPaths(all, from, hops, hosts).map(rowOf)).filter((row) => fits(question, row));
  const { from, to } = question;
  const sameHost = from !== null && from.end === to?.end ? from.end : null;
  return { reaches, refused: refusals(question, senders, reaches, plan), sameHost };
}

/** Of each connection that the question singles out: a pair, or one port of one end from every sender. */
function refusals(
  { from, to, port }: Question,
  senders: readonly ReachEnd[],
  reaches: readonly ReachRow[],
  plan: Plan,
): readonly Refusal[] {
  if (to === null || (from === null && port === null)) return [];
  const goal = to.end;
  return (
    (from === null ? senders : [from.end])
      .filter((sender) => sender !== goal && !reaches.some((row) => row.from === sender))
      .map((sender) => ({ from: sender, to: goal, port, why: whyNot(sender, goal, port, plan) }))
      // Both ends are outside: nobody asks a rule.
      .filter(({ why }) => why.length > 0)
  );
}

/** A refusal in one sentence. */
export function refusalSentence({ from, to, port, why }: Refusal): string {
  return `${calledEnd(from)} does not reach ${calledEnd(to)} on ${port === null ? "any port" : `port ${port}`}: ${why.join("; ")}`;
}

function rowOf({ from, via, last }: { from: ReachEnd; via: readonly ReachEnd[]; last: ExplainedReach }): ReachRow {
  const { to, port, protocol, causes, because } = last;
  return { from, to, port, protocol, via, causes, because };
}
