import type { CastRecord } from "./cast-record.js";
import type { Lateness } from "./cast-votes.js";
import { doubledReceipts, type MissingBallot } from "./check-receipts.js";
import type { Invariant } from "./invariants.js";
import type { Levels } from "./levels.js";
import type { Load } from "./load.js";
import { type Percentiles, percentilesOf } from "./percentiles.js";
import { type Step, timesToLevel } from "./series.js";

/** What a run of the stress tool found; `--json` prints it as it is. All latencies in ms. */
export interface StressReport {
  /** Votes that were to be cast. */
  readonly votes: number;
  /** How many at a time; `null`: an open load. */
  readonly parallel: number | null;
  /** Votes a second of an open load; `null`: a closed one. */
  readonly rate: number | null;
  readonly split: readonly number[];
  /** Votes that were cast; fewer than `votes` when the run was interrupted. */
  readonly sent: number;
  readonly interrupted: boolean;
  /** Votes answered with 202. */
  readonly accepted: number;
  /** What each level gained meanwhile. */
  readonly queued: number;
  readonly persisted: number;
  readonly visible: number;
  /** Votes that were found and that nobody is known to have cast. */
  readonly phantom: number;
  /** Accepted ballots that the ledger does not show as counted. */
  readonly missing: readonly MissingBallot[];
  /** Ballots that were acknowledged for more than one vote. */
  readonly doubled: readonly string[];
  /** Ids of ballots that were counted meanwhile and never acknowledged to this run; `null`: the database is not known. */
  readonly unacknowledged: readonly string[] | null;
  /** Votes answered with something else. */
  readonly refused: number;
  /** Votes without an answer. */
  readonly unanswered: number;
  /** Of those without a good answer, how many were counted all the same. */
  readonly countedUnanswered: number;
  /** Votes of other voters meanwhile. */
  readonly others: number;
  /** Why votes were not accepted, and how many. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Accepted, from the first request to the last good answer. */
  readonly votesPerSecond: number;
  /** From the first request to the last commit. */
  readonly persistedPerSecond: number;
  readonly acceptLatencyMs: Percentiles;
  readonly persistLatencyMs: Percentiles;
  readonly visibleLatencyMs: Percentiles;
  /** How many votes each latency was measured of. */
  readonly measured: { readonly accept: number; readonly persist: number; readonly visible: number };
  /** Between two looks at the ledger: how fine the times to persist are. */
  readonly ledgerLookMs: Percentiles;
  /** Times that the event stream broke: until it was back, nothing became visible. */
  readonly viewerBreaks: number;
  /** How late an open load was sent, which is part of its latencies, and votes that waited for a free request; `null`: a closed one. */
  readonly late: { readonly ms: Percentiles; readonly held: number } | null;
  /** `null`: the database is not known. */
  readonly invariants: readonly Invariant[] | null;
  /** What could not be checked, and why. */
  readonly unchecked: readonly string[];
  /** Every accepted vote was queued, persisted and visible exactly once, and there was nothing else. */
  readonly exact: boolean;
  /** What is wrong or worth telling. */
  readonly sentences: readonly string[];
}

/** What the report's pictures are drawn from. */
export interface StressTraces {
  /** Latencies of all votes, in ms. */
  readonly acceptMs: readonly number[];
  readonly persistMs: readonly number[];
  readonly visibleMs: readonly number[];
  /** What each level had gained, in ms since the first request. */
  readonly levels: Readonly<Record<"accepted" | "queued" | "persisted" | "visible", readonly Step[]>>;
}

export interface StressRun {
  readonly report: StressReport;
  readonly traces: StressTraces;
}

/** All that was measured and looked up. */
export interface StressFindings {
  readonly load: Load;
  readonly interrupted: boolean;
  readonly beganMs: number;
  readonly record: CastRecord;
  readonly late: Lateness;
  readonly before: Levels;
  readonly after: Levels;
  readonly queuedSteps: readonly Step[];
  readonly persistedSteps: readonly Step[];
  readonly visibleSteps: readonly Step[];
  readonly ledgerGapsMs: readonly number[];
  readonly ledgerWentBack: number;
  readonly viewerBreaks: number;
  readonly missing: readonly MissingBallot[];
  readonly unacknowledged: readonly string[] | null;
  readonly invariants: readonly Invariant[] | null;
  readonly unchecked: readonly string[];
}

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

interface Judgement {
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

/** Whether the run proves what it set out to prove: the exit code. */
export function passed(report: StressReport): boolean {
  return report.exact && !report.interrupted && (report.invariants ?? []).every((invariant) => invariant.holds);
}

/** Puts a run's findings together. */
export function reportOf(findings: StressFindings): StressRun {
  const { load, record, before, after, beganMs, persistedSteps } = findings;
  const gained = {
    accepted: after.accepted - before.accepted,
    queued: after.queued - before.queued,
    persisted: after.persisted - before.persisted,
    visible: after.visible - before.visible,
  };
  const accepted = record.receipts.length;
  const doubled = doubledReceipts(record.receipts);
  const judgement = judge({ accepted, uncertain: record.uncertain, gained, missing: findings.missing, doubled });
  const traces = tracesOf(findings);
  const report: StressReport = {
    votes: load.votes,
    parallel: load.kind === "closed" ? load.parallel : null,
    rate: load.kind === "open" ? load.votesPerSecond : null,
    split: load.split,
    sent: record.sent,
    interrupted: findings.interrupted,
    accepted,
    queued: gained.queued,
    persisted: gained.persisted,
    visible: gained.visible,
    phantom: judgement.phantom,
    missing: findings.missing,
    doubled,
    unacknowledged: findings.unacknowledged,
    refused: record.refused,
    unanswered: record.unanswered,
    countedUnanswered: judgement.countedUnanswered,
    others: judgement.others,
    refusals: Object.fromEntries(record.refusals),
    votesPerSecond: perSecond(accepted, (record.acceptedAtMs.at(-1) ?? beganMs) - beganMs),
    persistedPerSecond: perSecond(gained.persisted, (persistedSteps.at(-1)?.atMs ?? beganMs) - beganMs),
    acceptLatencyMs: percentilesOf(traces.acceptMs),
    persistLatencyMs: percentilesOf(traces.persistMs),
    visibleLatencyMs: percentilesOf(traces.visibleMs),
    measured: { accept: traces.acceptMs.length, persist: traces.persistMs.length, visible: traces.visibleMs.length },
    ledgerLookMs: percentilesOf(findings.ledgerGapsMs),
    viewerBreaks: findings.viewerBreaks,
    late: load.kind === "open" ? { ms: percentilesOf(findings.late.lateMs), held: findings.late.held } : null,
    invariants: findings.invariants,
    unchecked: findings.unchecked,
    exact: judgement.exact,
    sentences: [
      ...(findings.interrupted ? [`Stopped after ${record.sent} of ${load.votes} votes.`] : []),
      ...judgement.sentences,
      ...(gained.visible >= accepted && traces.visibleMs.length < accepted
        ? [`${accepted - traces.visibleMs.length} votes are in the results and did not come by the event stream.`]
        : []),
      ...(findings.ledgerWentBack > 0
        ? [`The ledger's count went back ${findings.ledgerWentBack} times, so it was misread and there are no times to persist.`]
        : []),
      ...(findings.invariants ?? []).filter(({ holds }) => !holds).map(({ name }) => `It does not hold that ${name}.`),
    ],
  };
  return { report, traces };
}

function tracesOf({ record, beganMs, queuedSteps, persistedSteps, visibleSteps, ledgerWentBack }: StressFindings): StressTraces {
  const startsMs = [...record.startMs].sort((a, b) => a - b);
  const sinceBegan = (steps: readonly Step[]): Step[] => steps.map(({ atMs, gained }) => ({ atMs: Math.max(0, atMs - beganMs), gained }));
  return {
    acceptMs: record.acceptedAtMs.map((atMs, index) => atMs - (record.startMs[index] as number)),
    persistMs: ledgerWentBack > 0 ? [] : timesToLevel(startsMs, persistedSteps),
    visibleMs: timesToLevel(startsMs, visibleSteps),
    levels: {
      accepted: sinceBegan(record.acceptedAtMs.map((atMs, index) => ({ atMs, gained: index + 1 }))),
      queued: sinceBegan(queuedSteps),
      persisted: sinceBegan(persistedSteps),
      visible: sinceBegan(visibleSteps),
    },
  };
}

const perSecond = (count: number, durationMs: number): number => Math.round((1_000 * count) / Math.max(durationMs, 1));

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
