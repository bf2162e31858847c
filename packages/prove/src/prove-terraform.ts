import type { Plan } from "@groundplan/model";
import { type CheckResult, runChecks } from "./checks/run-checks.js";
import type { Cloud } from "./cloud/cloud.js";
import { exampleKey } from "./example-key.js";
import { destroyAll } from "./terraform/destroy-all.js";
import { LIFE_CYCLE } from "./terraform/life-cycle.js";
import { parseState, type StateResource } from "./terraform/state-resource.js";
import { type Step, StepFailed, type StepResult, TerraformRun, usualJudge } from "./terraform/terraform-run.js";
import { copyConfiguration } from "./terraform/work-copy.js";
import { withOfflineAws } from "./with-offline-aws.js";

/** Stands for the operator's address, from a range that is kept for documentation: https://www.rfc-editor.org/rfc/rfc5737 */
const EXAMPLE_OPERATOR_CIDR = "203.0.113.7/32";

const NO_PROVIDER = /Failed to query available provider packages/;
const ONLY_AWS = "A proof has the provider hashicorp/aws only, and downloads no other.";

export interface ProveOptions {
  /** Holds the .tf files. It is copied, never written to. */
  readonly folder: string;
  /** Where the copy is made and left: a folder that does not exist yet. */
  readonly workFolder: string;
  /** The program, for example "terraform", and what stands before its arguments. */
  readonly terraform: readonly [program: string, ...args: string[]];
  /** Values of variables by name. Default: examples for operator_cidr and ssh_public_key. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The stack that the files have to agree with; `null`: they are somebody's own. */
  readonly plan: Plan | null;
  /** Hears of each step before it runs (`null`) and when it has ended. */
  readonly onStep?: (step: Step, result: StepResult | null) => void;
  /** Ends the proof. */
  readonly signal?: AbortSignal;
}

export interface TerraformProof {
  /** In the order in which they ran; the last one may have failed. */
  readonly steps: readonly StepResult[];
  /** What was there after the apply. */
  readonly resources: readonly StateResource[];
  readonly checks: readonly CheckResult[];
  /** Every step succeeded, and no check was contradicted. */
  readonly proven: boolean;
}

/**
 * Runs the real Terraform on a configuration from init to destroy, with an AWS that is only here, and holds what it applied against
 * the plan. Nothing is downloaded and no account is asked. A configuration that fails is a result, not an error.
 *
 * @throws the signal's reason, once it is aborted and Terraform has ended
 */
export async function proveTerraform(options: ProveOptions): Promise<TerraformProof> {
  const { folder, workFolder, terraform, plan, onStep, signal } = options;
  copyConfiguration(folder, workFolder);
  const variables = { operator_cidr: EXAMPLE_OPERATOR_CIDR, ssh_public_key: exampleKey(), ...options.variables };
  const given = Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value]));

  return await withOfflineAws(async ({ env, cloud }) => {
    const run = new TerraformRun({ terraform, folder: workFolder, env: { ...env, ...given }, onStep, signal });
    let resources: readonly StateResource[] = [];
    let checks: readonly CheckResult[] = [];
    try {
      await run.step(LIFE_CYCLE.init, (result) => {
        const judged = usualJudge(result);
        return NO_PROVIDER.test(judged.says) ? { ...judged, says: `${judged.says}\n\n${ONLY_AWS}` } : judged;
      });
      await run.step(LIFE_CYCLE.validate);
      await run.step(LIFE_CYCLE.plan);
      await run.step(LIFE_CYCLE.apply);
      await run.step(LIFE_CYCLE.planAgain, ({ code, stdout, stderr }) => ({
        passed: code === 0,
        says: code === 0 ? "No changes." : code === 2 ? `a second apply would change something:\n${withoutReading(stdout)}` : stderr.trim(),
      }));
      resources = parseState(await run.step(LIFE_CYCLE.readBack));
      checks = runChecks({ resources, plan, operatorCidr: variables.operator_cidr, exists: existing(cloud) });
      await destroyAll(run, cloud, resources, workFolder);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
    }
    const proven = run.results.every(({ passed }) => passed) && checks.length > 0 && checks.every(({ holds }) => holds !== false);
    return { steps: run.results, resources, checks, proven };
  });
}

/** The changes that a plan shows, without the lines that tell of what was looked at before. */
function withoutReading(stdout: string): string {
  return stdout
    .split("\n")
    .filter((line) => !/: (Refreshing state|Reading|Read complete)/.test(line))
    .join("\n")
    .trim();
}

/** Asked after the read-back, so that what is destroyed later does not count. */
function existing(cloud: Cloud): (name: string) => boolean {
  const names = new Set(
    cloud.all().flatMap(({ type, id, values }) =>
      // The policy of a topic has the topic's ARN, which proves nothing of the topic.
      type === "aws_sns_topic_policy" ? [] : [id, values.arn, values.dashboard_arn],
    ),
  );
  return (name) => names.has(name);
}
