import { rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@groundplan/model";
import type { CommandLine } from "@groundplan/programs";
import type { Programs } from "../programs/with-programs.js";
import {
  type ChangeCount,
  countOf,
  type Diagnostic,
  type PlannedAction,
  parseTerraformEvent,
  renderChanges,
  type TerraformEvent,
} from "./terraform-events.js";
import { explainDiagnostics, failedTool } from "./terraform-failures.js";

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
export interface TerraformRun extends Programs {
  readonly place: TerraformPlace;
  readonly again: string;
}

/** @throws UserError when it fails. */
export async function initTerraform({ runner, progress, place, again }: TerraformRun): Promise<void> {
  progress.step(ROW, "installs its provider");
  const command = terraformInit(place);
  const result = await runner.run(command);
  if (result.code !== 0) throw failedTool(command, result, again);
  progress.end(ROW, "ready");
}

/** Plans, keeps the plan for `applyTerraform`, and says what would change. @throws UserError when it fails. */
export async function planTerraform(run: TerraformRun, options: PlanOptions): Promise<TerraformChanges> {
  let count: ChangeCount = { add: 0, change: 0, remove: 0 };
  const resources: PlannedChange[] = [];
  run.progress.step(ROW, "compares what exists with what is wanted");
  await follow(run, terraformPlan(run.place, options), (event) => {
    if (event.kind === "planned") resources.push({ address: event.address, action: event.action });
    if (event.kind === "changes") count = event.changes;
  });
  run.progress.end(ROW, countOf(count) === 0 ? "nothing to change" : "planned");
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
    if (event.kind === "goes-on") progress.step(ROW, `${done} of ${total}: ${event.action} ${event.address}, ${event.seconds} s so far`);
    if (event.kind === "completed") {
      done += 1;
      progress.step(ROW, `${done} of ${total}: ${event.action} ${event.address} took ${event.seconds} s`);
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
      if (event.diagnostic.severity === "warning") progress.note(`Terraform warns: ${event.diagnostic.summary}`);
    },
  });
  if (result.code === 0) return;
  progress.end(ROW, "failed");
  const problems = explainDiagnostics(diagnostics, again);
  throw problems.length === 0 ? failedTool(command, result, again) : new UserError(problems);
}

/**
 * What a plan would do: a line for each type of resource and action, then the sum. Data that is only read is left out.
 *
 * @example renderPlan(changes)   // ["create aws_instance: backend, database, frontend", ..., "12 to add, 0 to change, 0 to destroy"]
 */
export function renderPlan({ resources, count }: TerraformChanges): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { address, action } of resources) {
    if (action === "read" || action === "noop") continue;
    const [type = "", name = ""] = splitAddress(address);
    groups.set(`${action} ${type}`, [...(groups.get(`${action} ${type}`) ?? []), name]);
  }
  const lines = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, names]) => `${group}: ${names.sort().join(", ")}`);
  return [...lines, renderChanges(count)];
}

/** @example splitAddress('aws_instance.host["db"]')   // ["aws_instance", 'host["db"]'] */
export function splitAddress(address: string): readonly [type: string, name: string] {
  const [type = "", ...rest] = address.split(".");
  return [type, rest.join(".")];
}

/** Lies beside the files between a plan and its apply. It holds values in the clear, so it is removed afterwards. */
export const PLAN_FILE = "groundplan.tfplan";

/** Where Terraform is run. */
export interface TerraformPlace {
  /** "terraform", or "tofu" where there is no other. */
  readonly program: string;
  /** The folder of the .tf files, absolute. */
  readonly folder: string;
}

/** Ended by force it would forget what it has just made, and leave its state locked. */
function terraform({ program, folder }: TerraformPlace, ...args: readonly string[]): CommandLine {
  return { program, args, cwd: folder, patient: true };
}

export const terraformInit = (place: TerraformPlace): CommandLine => terraform(place, "init", "-input=false", "-no-color");

export interface PlanOptions {
  /** `name=value` each. */
  readonly variables: readonly string[];
  /** Plans the end of all that there is. Default: false */
  readonly destroy?: boolean;
  /** Only these, and what they need. Default: all */
  readonly targets?: readonly string[];
}

/** The plan is kept in a file: what is applied is what was shown. */
export const terraformPlan = (place: TerraformPlace, { variables, destroy = false, targets = [] }: PlanOptions): CommandLine =>
  terraform(
    place,
    "plan",
    ...(destroy ? ["-destroy"] : []),
    "-input=false",
    "-json",
    `-out=${PLAN_FILE}`,
    ...targets.map((target) => `-target=${target}`),
    ...variables.flatMap((variable) => ["-var", variable]),
  );

export const terraformApply = (place: TerraformPlace): CommandLine => terraform(place, "apply", "-input=false", "-json", PLAN_FILE);

/** The state, with every value. */
export const terraformShow = (place: TerraformPlace): CommandLine => terraform(place, "show", "-json");

export const terraformOutput = (place: TerraformPlace): CommandLine => terraform(place, "output", "-json");

/** A resource that Terraform knows of. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Module {
  readonly resources?: readonly (StateResource & { readonly mode: "managed" | "data" })[];
  readonly child_modules?: readonly Module[];
}

/** Reads what `terraform show -json` prints of a state (https://developer.hashicorp.com/terraform/internals/json-format): no data sources. */
export function parseState(json: string): readonly StateResource[] {
  const { values }: { readonly values?: { readonly root_module?: Module } } = JSON.parse(json);
  return resourcesOf(values?.root_module ?? {});
}

function resourcesOf({ resources = [], child_modules: children = [] }: Module): readonly StateResource[] {
  const own = resources.filter(({ mode }) => mode === "managed").map(({ address, type, values }) => ({ address, type, values }));
  return [...own, ...children.flatMap(resourcesOf)];
}
