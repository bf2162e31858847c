import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import {
  type Cause,
  calledEnd,
  diffReach,
  type ExplainedReach,
  explainedReachability,
  INTERNET,
  type NetworkRule,
  OPERATOR,
  type Plan,
  type ReachDiff,
  type ReachEnd,
  type ReachWarning,
  reachability,
  reachPaths,
  reachWarnings,
  UserError,
  whyNot,
} from "@groundplan/model";
import { json, STACK, wholeNumber } from "../arguments/options.js";
import { UsageError, unknownName } from "../arguments/usage-error.js";
import { type CommandInput, command, flag, parsed, text } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { renderTable } from "../output/tables.js";
import { findStackFile } from "../stack-file/find-stack-file.js";
import { openPlan, readPlan } from "../stack-file/open-plan.js";

const MOST_HOPS = 9;

/** What the command line asks. */
interface ReachQuestion {
  readonly from: string | null;
  readonly to: string | null;
  readonly port: number | null;
}

/** What is asked of one plan. `null`: of any. */
interface Question {
  readonly from: ChosenEnd | null;
  readonly to: ChosenEnd | null;
  readonly port: number | null;
  /** A name that was asked for is not of this plan: nothing fits. */
  readonly impossible: boolean;
}

/** What a name on the command line stands for. */
interface ChosenEnd {
  readonly end: ReachEnd;
  /** Of a component: the port that it listens on, if any. */
  readonly port: number | "every" | "none";
}

/** Answers who reaches whom in a stack, or what changed since another version of it. */
export const reach = command({
  summary: "Say who can reach whom on which port and why, from the network rules alone",
  arguments: [],
  options: {
    ...STACK,
    from: text("NAME", "who opens the connection: internet, operator, a range of a rule, a host or a component"),
    to: text("NAME", "who is reached; a component means its host and port, a name that is both means the host"),
    port: parsed("PORT", "only this port", wholeNumber(65_535)),
    hops: parsed("N", "go on from every host that is reached, up to N connections (default 1)", wholeNumber(MOST_HOPS)),
    diff: text("DIR", "what opens and what closes, compared with another version of the stack: its folder or file"),
    since: text("REVISION", "the same, compared with a Git revision"),
    check: flag("exit with code 1 if there is a warning"),
    ...json("print {stack, reaches, refused, sameHost, warnings} or, of two versions, {stack, opens, closes, stays, warnings}"),
  },
  examples: [
    { line: "reach", says: "every connection that the rules let through" },
    { line: "reach --from internet --to db", says: "can it, and if not: which rule is missing?" },
    { line: "reach --from internet --hops 2", says: "what is one captured host away from the internet" },
    { line: "reach --since HEAD", says: "what uncommitted changes open and close" },
  ],
  async run(input) {
    const { options, terminal } = input;
    const opened = await openPlan(input);
    if (opened === null) return 1;
    const before = await planBefore(input);
    if (before === null) return 1;

    const { plan } = opened;
    const answer = before === "none" ? report(input, plan) : difference(input, before, plan);
    const warnings = reachWarnings(plan);
    if (options.json) terminal.out(JSON.stringify({ stack: plan.stack, ...answer.json, warnings }, null, 2));
    else {
      terminal.out(answer.text);
      for (const warning of warnings) terminal.err(renderWarning(warning));
    }
    return options.check && warnings.length > 0 ? 1 : 0;
  },
});

type ReachInput = CommandInput<
  ReachQuestion & {
    readonly hops: number | null;
    readonly stack: string | null;
    readonly diff: string | null;
    readonly since: string | null;
  }
>;

interface Answer {
  readonly text: string;
  readonly json: object;
}

function report({ options }: ReachInput, plan: Plan): Answer {
  const [question] = questionsOf(options, [plan]);
  if (question === undefined) throw new Error("one plan gives one question");
  const found = reachReport(plan, question, options.hops ?? 1);
  return { text: renderReport(found), json: found };
}

function difference({ options }: ReachInput, before: Plan, after: Plan): Answer {
  if (options.hops !== null) throw new UsageError("--hops doesn't go with --diff or --since: these compare direct connections.");
  const [then, now] = questionsOf(options, [before, after]);
  if (then === undefined || now === undefined) throw new Error("two plans give two questions");
  const { opens, closes, stays } = diffReach(before, after);
  const asked = {
    opens: opens.filter((reach) => fits(now, reach)),
    closes: closes.filter((reach) => fits(then, reach)),
    stays: stays.filter((reach) => fits(now, reach)),
  };
  return { text: renderDiff(asked), json: asked };
}

/** The version to compare with: "none" when none is asked for; `null`: it has problems, and they were shown. */
async function planBefore({ options, terminal, folder }: ReachInput): Promise<Plan | "none" | null> {
  const { diff: other, since: revision } = options;
  if (other !== null && revision !== null) throw new UsageError("--diff and --since both name the earlier version; give only one.");
  if (other === null && revision === null) return "none";
  const read = revision === null ? await readPlan(folder, other) : await planAtRevision(folder, options.stack, revision);
  if (!("problems" in read)) return read.plan;
  terminal.err(`the earlier version (${revision ?? other}): ${renderProblems(read.file, read.problems)}`);
  return null;
}

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
function reachReport(plan: Plan, question: Question, hops: number): ReachReport {
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
function refusalSentence({ from, to, port, why }: Refusal): string {
  return `${calledEnd(from)} does not reach ${calledEnd(to)} on ${port === null ? "any port" : `port ${port}`}: ${why.join("; ")}`;
}

function rowOf({ from, via, last }: { from: ReachEnd; via: readonly ReachEnd[]; last: ExplainedReach }): ReachRow {
  const { to, port, protocol, causes, because } = last;
  return { from, to, port, protocol, via, causes, because };
}

/** Who reaches whom as a table, then what was asked for and is refused, in sentences. */
export function renderReport({ reaches, refused, sameHost }: ReachReport): string {
  const hasWays = reaches.some(({ via }) => via.length > 0);
  const titles = ["from", ...(hasWays ? ["via"] : []), "to", "port", "protocol", "because of"];
  const rows = reaches.map(({ from, via, to, port, protocol, causes }) => [
    from,
    ...(hasWays ? [via.join(", ")] : []),
    to,
    String(port),
    protocol,
    causesText(causes),
  ]);
  const sentences = [
    ...(sameHost === null ? [] : [`both are on host ${sameHost}: what stays on a host needs no rule and is let through`]),
    ...refused.map(refusalSentence),
  ];
  const blocks = [...(rows.length === 0 ? [] : [renderTable(titles, rows)]), ...(sentences.length === 0 ? [] : [sentences.join("\n")])];
  return blocks.length === 0 ? "nobody reaches anything that fits the question" : blocks.join("\n\n");
}

/** What opens and what closes, as a table. */
function renderDiff({ opens, closes, stays }: ReachDiff): string {
  const rows = [
    ...opens.map((reach) => ({ ...reach, change: "opens", why: causesText(reach.causes) })),
    ...closes.map((reach) => ({ ...reach, change: "closes", why: causesText(reach.causes) })),
    ...stays.map((reach) => ({
      ...reach,
      change: "stays",
      why: `${causesText(reach.causes)} (before: ${causesText(reach.causesBefore)})`,
    })),
  ];
  if (rows.length === 0) return "no connection opens or closes";
  const cells = rows.map(({ change, from, to, port, protocol, why }) => [change, from, to, String(port), protocol, why]);
  return renderTable(["change", "from", "to", "port", "protocol", "because of"], cells);
}

function renderWarning({ code, message, fix }: ReachWarning): string {
  return `warning: ${code} ${message}\n  fix: ${fix}`;
}

function causesText(causes: readonly Cause[]): string {
  return causes.map(({ text }) => text).join("; ");
}

/**
 * The plan of a stack as a revision of git has it: its folder of then, in a folder of its own beside today's packages.
 *
 * @param given Folder or file of the stack as it is today; `null`: the usual one.
 * @throws UserError when git has no such revision, or not the stack's folder in it.
 */
async function planAtRevision(folder: string, given: string | null, revision: string): ReturnType<typeof readPlan> {
  const { file } = findStackFile(folder, given);
  const stackFolder = dirname(file);
  const temporary = mkdtempSync(join(tmpdir(), "groundplan-since-"));
  try {
    const archive = join(temporary, "stack.tar");
    const commit = runHere("git", ["-C", stackFolder, "rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`], revision);
    runHere("git", ["-C", stackFolder, "archive", "--format=tar", `--output=${archive}`, commit], revision);
    const then = besidePackagesOf(stackFolder, temporary);
    runHere("tar", ["-xf", archive, "-C", then], revision);
    return await readPlan(then, basename(file));
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** A new folder from which imports find the packages that they find from `folder`. */
function besidePackagesOf(folder: string, temporary: string): string {
  const parent = dirname(folder);
  const place = join(parent === folder ? temporary : besidePackagesOf(parent, temporary), "stack");
  mkdirSync(place, { recursive: true });
  const packages = join(folder, "node_modules");
  if (existsSync(packages)) symlinkSync(packages, join(place, "node_modules"), "dir");
  return place;
}

function runHere(program: string, args: readonly string[], revision: string): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw new UserError({ message: `--since needs ${program}: ${error.message}`, fix: `install ${program}` });
  if (status === 0) return stdout.trim();
  throw new UserError({
    message: `${program} can't read the stack at revision "${revision}": ${stderr.trim()}`,
    fix: "name a commit, branch or tag that has the stack's folder, for example --since HEAD",
  });
}

/** The question of the command line, for each of the plans. @throws UsageError when none of them can answer it. */
function questionsOf(asked: ReachQuestion, plans: readonly Plan[]): readonly Question[] {
  const [from, to] = [asked.from, asked.to].map((name) => (name === null ? null : chooseEnd(name, plans)));
  const questions = plans.map((_, index) => {
    const [chosenFrom, chosenTo] = [from?.[index] ?? null, to?.[index] ?? null];
    const ownPort = typeof chosenTo?.port === "number" ? chosenTo.port : null;
    const impossible = (from !== null && chosenFrom === null) || (to !== null && chosenTo === null);
    return { from: chosenFrom, to: chosenTo, port: asked.port ?? ownPort, impossible };
  });
  const reasons = questions.map((question, index) => unanswerable(question, plans[index]?.hosts.map(({ name }) => name) ?? []));
  const [reason] = reasons;
  if (reason !== undefined && reason !== null && !reasons.includes(null)) throw new UsageError(reason);
  return questions;
}

/** Why no rule of a plan with these hosts can answer a question; `null`: they can. */
function unanswerable({ from, to, port }: Question, hosts: readonly string[]): string | null {
  if (to === null) return null;
  if (to.end === OPERATOR) return "nothing listens at the operator's address: --to operator is never reached.";
  if (to.port === "none" && port === null) return "--to names a component that listens on no port; name its host, or add --port.";
  if (from === null || [from.end, to.end].some((end) => hosts.includes(end))) return null;
  return `${from.end} and ${to.end} are both outside the stack: its rules don't apply.`;
}

function fits({ from, to, port, impossible }: Question, reach: Omit<ExplainedReach, "because" | "causes">): boolean {
  return (
    !impossible &&
    (from === null || from.end === reach.from) &&
    (to === null || to.end === reach.to) &&
    (port === null || port === reach.port)
  );
}

/**
 * The end that a name means: the internet, the operator, a range of a rule, a host, or a component, which stands for its host and port.
 * A name that is both is the host's.
 *
 * @param plans The stack, and the version that it is compared with. The name may be of either.
 * @returns For each plan: `null` when it has nothing of this name.
 * @throws UsageError when none has.
 */
function chooseEnd(name: string, plans: readonly Plan[]): readonly (ChosenEnd | null)[] {
  const found = plans.map((plan) => endOf(name, plan));
  if (found.some((chosen) => chosen !== null)) return found;
  const known = [...new Set(plans.flatMap(knownNames))];
  throw unknownName(`this stack has no host and no component "${name}"`, name, known);
}

function endOf(name: string, plan: Plan): ChosenEnd | null {
  if (endsOf(plan).has(name)) return { end: name, port: "every" };
  const component = plan.components.find((candidate) => candidate.name === name);
  return component === undefined ? null : { end: component.host, port: component.port ?? "none" };
}

/** The hosts, the internet, the operator and the ranges that rules name. */
function endsOf(plan: Plan): ReadonlySet<ReachEnd> {
  const hosts = plan.hosts.map(({ name }) => name);
  return new Set([INTERNET, OPERATOR, ...hosts, ...reachability(plan).flatMap(({ from, to }) => [from, to])]);
}

function knownNames(plan: Plan): readonly string[] {
  return [...endsOf(plan), ...plan.components.map(({ name }) => name)];
}
