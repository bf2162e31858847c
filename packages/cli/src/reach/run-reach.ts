import { diffReach, type Plan, reachWarnings } from "@groundplan/model";
import { UsageError } from "../arguments/usage-error.js";
import type { CommandInput, ExitCode } from "../command.js";
import { renderProblems } from "../output/render-problems.js";
import { openPlan, readPlan } from "../stack-file/open-plan.js";
import { planAtRevision } from "./plan-before.js";
import { fits, hopsOf, questionsOf } from "./question.js";
import { reachReport } from "./reach-report.js";
import { renderDiff, renderReport, renderWarning } from "./render-reach.js";

/** Answers who reaches whom in a stack, or what changed since another version of it. */
export async function runReach(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const opened = await openPlan(input);
  if (opened === null) return 1;
  const before = await planBefore(input);
  if (before === null) return 1;

  const { plan } = opened;
  const answer = before === "none" ? report(input, plan) : difference(input, before, plan);
  const warnings = reachWarnings(plan);
  if (given.flag("json")) terminal.out(JSON.stringify({ stack: plan.stack, ...answer.json, warnings }, null, 2));
  else {
    terminal.out(answer.text);
    for (const warning of warnings) terminal.err(renderWarning(warning));
  }
  return given.flag("check") && warnings.length > 0 ? 1 : 0;
}

interface Answer {
  readonly text: string;
  readonly json: object;
}

function report({ arguments: given }: CommandInput, plan: Plan): Answer {
  const [question] = questionsOf(given, [plan]);
  if (question === undefined) throw new Error("one plan gives one question");
  const found = reachReport(plan, question, hopsOf(given));
  return { text: renderReport(found), json: found };
}

function difference({ arguments: given }: CommandInput, before: Plan, after: Plan): Answer {
  if (given.flag("hops")) throw new UsageError("--hops does not go with --diff and --since: these compare direct connections.");
  const [then, now] = questionsOf(given, [before, after]);
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
async function planBefore({ arguments: given, terminal, folder }: CommandInput): Promise<Plan | "none" | null> {
  const [other, revision] = [given.text("diff"), given.text("since")];
  if (other !== null && revision !== null) throw new UsageError("--diff and --since both name the version before; give one of them.");
  if (other === null && revision === null) return "none";
  const read = revision === null ? await readPlan(folder, other) : await planAtRevision(folder, given.text("stack"), revision);
  if (!("problems" in read)) return read.plan;
  terminal.err(`the version before (${revision ?? other}): ${renderProblems(read.file, read.problems)}`);
  return null;
}
