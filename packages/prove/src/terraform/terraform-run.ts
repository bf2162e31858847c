import { type ProgramResult, runProgram } from "@groundplan/programs";
import type { Values } from "../values/value.js";

/** One command of the life of a configuration. */
export interface Step {
  readonly name: string;
  /** As it would be typed, without the program. */
  readonly args: readonly string[];
}

export interface StepResult extends Step {
  readonly passed: boolean;
  readonly durationMs: number;
  /** What Terraform said of it: its error when it failed, one line when it did not. */
  readonly says: string;
}

export interface TerraformRunOptions {
  /** The program, and what stands before its arguments. */
  readonly terraform: readonly [program: string, ...args: string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onStep?: ((step: Step, result: StepResult | null) => void) | undefined;
  /** Ends the step that runs, and lets no other start. */
  readonly signal?: AbortSignal | undefined;
}

/** A resource as `terraform show -json` prints it after an apply. */
export interface StateResource {
  /** @example "aws_instance.frontend" */
  readonly address: string;
  readonly type: string;
  /** The label in the configuration. */
  readonly name: string;
  readonly values: Values;
}

interface StateModule {
  readonly resources?: readonly (StateResource & { readonly mode: "managed" | "data" })[];
  readonly child_modules?: readonly StateModule[];
}

/** A step failed; its result tells why. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** Far beyond what a command takes without a network: one that hangs is ended. */
const TIMEOUT_MS = 300_000;

/** Terraform's commands on one folder, each remembered with what came of it. */
export class TerraformRun {
  readonly results: StepResult[] = [];
  readonly #options: TerraformRunOptions;

  constructor(options: TerraformRunOptions) {
    this.#options = options;
  }

  /**
   * @param judge What came of it, in a word; default: it passed when its exit code is 0.
   * @returns its stdout.
   * @throws StepFailed, and the signal's reason once it is aborted
   */
  async step(
    step: Step,
    judge: (result: ProgramResult) => { readonly passed: boolean; readonly says: string } = usualJudge,
  ): Promise<string> {
    const { terraform, folder, env, onStep, signal } = this.#options;
    signal?.throwIfAborted();
    const [program, ...before] = terraform;
    onStep?.(step, null);
    const start = performance.now();
    const result = await runProgram(
      { program, args: [...before, ...step.args], cwd: folder },
      { env, timeoutMs: TIMEOUT_MS, signal, end: { stopSignal: "SIGINT", graceMs: TIMEOUT_MS } },
    );
    signal?.throwIfAborted();
    const judged = { ...step, ...judge(result), durationMs: Math.round(performance.now() - start) };
    this.results.push(judged);
    onStep?.(step, judged);
    if (!judged.passed) throw new StepFailed(step.name);
    return result.stdout;
  }
}

export function usualJudge({ code, stdout, stderr, missing }: ProgramResult): { readonly passed: boolean; readonly says: string } {
  if (code === 0) return { passed: true, says: summaryOf(stdout) };
  if (missing) return { passed: false, says: "there is no such program" };
  const text = stderr.trim() === "" ? stdout.trim() : stderr.trim();
  return { passed: false, says: code === null ? `it was ended after ${TIMEOUT_MS / 1_000} s\n${text}` : text };
}

/** The line with which Terraform sums up what it did. */
function summaryOf(stdout: string): string {
  const lines = stdout.split("\n").filter((line) => /^(Plan:|Apply complete!|Destroy complete!|No changes\.|Success!)/.test(line));
  return lines.at(-1)?.trim() ?? "";
}

/** What a state holds, modules included, without data sources; in the order of their addresses. */
export function parseState(json: string): readonly StateResource[] {
  const { values } = JSON.parse(json) as { values?: { root_module?: StateModule } };
  return resourcesOf(values?.root_module ?? {}).sort((one, other) => (one.address < other.address ? -1 : 1));
}

function resourcesOf({ resources = [], child_modules = [] }: StateModule): StateResource[] {
  const own = resources
    .filter(({ mode }) => mode === "managed")
    .map(({ address, type, name, values }) => ({ address, type, name, values }));
  return [...own, ...child_modules.flatMap(resourcesOf)];
}
