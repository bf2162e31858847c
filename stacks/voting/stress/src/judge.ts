import type { MissingBallot } from "./check-receipts.js";

/** All that was counted and looked up in a run. */
export interface Findings {
  /** Votes answered with 202. */
  readonly accepted: number;
  /** Votes that were not accepted and may be counted all the same, each at most once. */
  readonly uncertain: number;
  /** What the levels have gained meanwhile, whoever voted. `accepted`: the vote service's own count. */
  readonly gained: { readonly accepted: number; readonly queued: number; readonly persisted: number; readonly visible: number };
  readonly missing: readonly MissingBallot[];
  readonly doubled: readonly string[];
}

export interface Judgement {
  /** Votes that other voters cast meanwhile, as the vote service counts them. */
  readonly others: number;
  /** Votes that were found and that nobody cast. */
  readonly phantom: number;
  /** Votes that were not accepted and are counted all the same. */
  readonly countedUnanswered: number;
  /** Every accepted vote was queued, persisted and visible exactly once, and there is nothing else. */
  readonly exact: boolean;
  /** What is wrong or worth telling, a sentence each. */
  readonly sentences: readonly string[];
}

/** What the findings mean. */
export function judge({ accepted, uncertain, gained, missing, doubled }: Findings): Judgement {
  // A vote service that was started again has counted from 0, and one of several only its own: then it tells of no others.
  const others = Math.max(0, gained.accepted - accepted - uncertain);
  const found = Math.max(gained.persisted, gained.visible);
  const extra = Math.max(0, found - accepted - others);
  const countedUnanswered = Math.min(extra, uncertain);
  const phantom = extra - countedUnanswered;
  const agree = [gained.queued, gained.persisted, gained.visible].every((level) => level === accepted);
  const exact = accepted > 0 && agree && others === 0 && missing.length === 0 && doubled.length === 0;

  const short = (level: "queued" | "persisted" | "visible"): number => Math.max(0, accepted - gained[level]);
  const say = (condition: boolean, sentence: string): string[] => (condition ? [sentence] : []);
  const sentences = [
    ...say(accepted === 0, "No vote was accepted."),
    ...say(missing.length > 0, `${count(missing.length, "accepted ballot is", "accepted ballots are")} not counted.`),
    ...say(doubled.length > 0, `${count(doubled.length, "ballot was", "ballots were")} acknowledged for more than one vote.`),
    ...(["queued", "persisted", "visible"] as const).flatMap((level) =>
      say(short(level) > 0, `${count(short(level), "accepted vote is", "accepted votes are")} not ${level}.`),
    ),
    ...say(phantom > 0, `${count(phantom, "vote was", "votes were")} found that nobody is known to have cast.`),
    ...say(gained.queued > accepted + others + uncertain, `The queue got ${gained.queued - accepted - others - uncertain} entries more.`),
    ...say(
      countedUnanswered > 0,
      `${count(countedUnanswered, "vote that got", "votes that got")} no good answer ${countedUnanswered === 1 ? "was" : "were"} counted all the same: at most once each, as promised.`,
    ),
    ...say(
      others > 0,
      `${count(others, "vote was", "votes were")} accepted from other voters meanwhile; the levels count everybody's, so run again when nobody else votes.`,
    ),
  ];
  return { others, phantom, countedUnanswered, exact, sentences };
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}
