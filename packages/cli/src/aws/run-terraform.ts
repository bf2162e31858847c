import { rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@groundplan/model";
import type { CommandLine } from "@groundplan/programs";
import { explainDiagnostics } from "./explain-diagnostics.js";
import { failedTool } from "./failed-tool.js";
import { PLAN_FILE, type PlanOptions, type TerraformPlace, terraformApply, terraformInit, terraformPlan } from "./terraform-commands.js";
import {
  type ChangeCount,
  countOf,
  type Diagnostic,
  type PlannedAction,
  parseTerraformEvent,
  type TerraformEvent,
} from "./terraform-events.js";
import type { Aws } from "./with-aws.js";

const ROW = "terraform";

export interface PlannedChange {
  readonly address: string;
  readonly action: PlannedAction;
}

export interface TerraformChanges {
  readonly count: ChangeCount;
  readonly resources: readonly PlannedChange[];
}

/** What runs Terraform, and the command that goes on after a failure, as one types it. */
export interface TerraformRun extends Aws {
  readonly place: TerraformPlace;
  readonly again: string;
}

/** @throws UserError when it fails. */
export async function initTerraform({ runner, progress, place, again }: TerraformRun): Promise<void> {
  progress.step(ROW, "gets its provider ready");
  const command = terraformInit(place);
  const result = await runner.run(command);
  if (result.code !== 0) throw failedTool(command, result, again);
  progress.end(ROW, "is ready");
}

/** Plans, keeps the plan for `applyTerraform`, and says what would change. @throws UserError when it fails. */
export async function planTerraform(run: TerraformRun, options: PlanOptions): Promise<TerraformChanges> {
  let count: ChangeCount = { add: 0, change: 0, remove: 0 };
  const resources: PlannedChange[] = [];
  run.progress.step(ROW, "compares what there is with what is wanted");
  await follow(run, terraformPlan(run.place, options), (event) => {
    if (event.kind === "planned") resources.push({ address: event.address, action: event.action });
    if (event.kind === "changes") count = event.changes;
  });
  run.progress.end(ROW, countOf(count) === 0 ? "nothing to change" : "has planned");
  return { count, resources };
}

/** Applies the plan that was kept. @throws UserError when it fails; what was made until then is in the state. */
export async function applyTerraform(run: TerraformRun, { count }: TerraformChanges): Promise<ChangeCount> {
  const { progress } = run;
  const total = countOf(count);
  let done = 0;
  let made: ChangeCount = { add: 0, change: 0, remove: 0 };
  await follow(run, terraformApply(run.place), (event) => {
    if (event.kind === "started") progress.step(ROW, `${done} of ${total}: ${event.action} ${event.address}`);
    if (event.kind === "goes-on") progress.step(ROW, `${done} of ${total}: ${event.action} ${event.address} since ${event.seconds} s`);
    if (event.kind === "completed") {
      done += 1;
      progress.step(ROW, `${done} of ${total}: ${event.action} ${event.address} done after ${event.seconds} s`);
    }
    if (event.kind === "changes") made = event.changes;
  });
  progress.end(ROW, `${made.add} added, ${made.change} changed, ${made.remove} destroyed`);
  return made;
}

/** A plan holds values in the clear, and belongs to the state that it was made for. */
export function removePlan({ folder }: TerraformPlace): void {
  rmSync(join(folder, PLAN_FILE), { force: true });
}

async function follow(
  { runner, progress, again }: TerraformRun,
  command: CommandLine,
  onEvent: (event: TerraformEvent) => void,
): Promise<void> {
  const diagnostics: Diagnostic[] = [];
  const result = await runner.run(command, {
    onLine(line) {
      const event = parseTerraformEvent(line);
      if (event === null) return;
      if (event.kind !== "diagnostic") return onEvent(event);
      diagnostics.push(event.diagnostic);
      if (event.diagnostic.severity === "warning") progress.note(`warning of Terraform: ${event.diagnostic.summary}`);
    },
  });
  if (result.code === 0) return;
  progress.end(ROW, "failed");
  const problems = explainDiagnostics(diagnostics, again);
  throw problems.length === 0 ? failedTool(command, result, again) : new UserError(problems);
}
