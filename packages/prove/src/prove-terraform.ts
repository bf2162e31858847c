import { generateKeyPairSync } from "node:crypto";
import { tmpdir } from "node:os";
import type { Plan, UserProblem } from "@groundplan/model";
import { runProgram } from "@groundplan/programs";
import { type CheckResult, runChecks } from "./checks/run-checks.js";
import type { Cloud, CloudResource } from "./cloud/cloud.js";
import { LIFE_CYCLE } from "./terraform/life-cycle.js";
import {
  parseState,
  type StateResource,
  type Step,
  StepFailed,
  type StepResult,
  TerraformRun,
  usualJudge,
} from "./terraform/terraform-run.js";
import { allowDestroy, copyConfiguration } from "./terraform/work-copy.js";
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

export interface Terraform {
  /** The program: "terraform", "tofu", or what GROUNDPLAN_TERRAFORM names. */
  readonly name: string;
  readonly version: string;
}

export interface MissingTerraform {
  readonly problem: UserProblem;
}

/** The first version with `use_lockfile` for a state in S3, in both: https://developer.hashicorp.com/terraform/language/v1.10.x/upgrade-guides */
const OLDEST: readonly [major: number, minor: number] = [1, 10];

const TIMEOUT_MS = 30_000;

const GET = "install it from https://developer.hashicorp.com/terraform/install, or OpenTofu from https://opentofu.org/docs/intro/install/";

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

/** How AWS, Terraform and OpenTofu refuse to destroy what is protected. */
const PROTECTED = /^Error: (OperationNotPermitted|Instance cannot be destroyed|Resource instance cannot be destroyed)/;

/**
 * Destroys everything. What is protected has to be refused first, and goes once the protection is lifted, as it would be by hand.
 *
 * @throws StepFailed
 */
async function destroyAll(run: TerraformRun, cloud: Cloud, resources: readonly StateResource[], folder: string): Promise<void> {
  let wasRefused = false;
  await run.step(LIFE_CYCLE.destroy, (result) => {
    const errors = result.stderr.split("\n").filter((line) => line.startsWith("Error: "));
    wasRefused = result.code !== 0 && errors.length > 0 && errors.every((line) => PROTECTED.test(line));
    return wasRefused
      ? { passed: true, says: `refused, as configured: ${refusedAddresses(result.stderr, resources).join(", ")}` }
      : usualJudge(result);
  });
  if (!wasRefused) return leftOver(run, cloud, resources);
  allowDestroy(folder, resources);
  liftTerminationProtection(cloud);
  await run.step(LIFE_CYCLE.destroyUnprotected);
  leftOver(run, cloud, resources);
}

function protectedInstances(cloud: Cloud): readonly CloudResource[] {
  return cloud.all("aws_instance").filter(({ values }) => values.disable_api_termination === true);
}

function liftTerminationProtection(cloud: Cloud): void {
  for (const { type, id, values } of protectedInstances(cloud)) cloud.put(type, id, { ...values, disable_api_termination: false });
}

function refusedAddresses(stderr: string, resources: readonly StateResource[]): readonly string[] {
  // Their lines are broken between any two words.
  const text = stderr.replace(/\s+/g, " ");
  return resources
    .filter(({ address, values }) => text.includes(`${address} `) || text.includes(`'${String(values.id)}'`))
    .map(({ address }) => address);
}

/** @throws StepFailed when Terraform says that all is gone, and it is not. */
function leftOver(run: TerraformRun, cloud: Cloud, resources: readonly StateResource[]): void {
  const left = resources.filter(({ type, values }) => cloud.find(type, String(values.id)) !== null);
  const last = run.results.at(-1);
  if (left.length === 0 || last === undefined) return;
  run.results[run.results.length - 1] = { ...last, passed: false, says: `left over: ${left.map(({ address }) => address).join(", ")}` };
  throw new StepFailed("destroy");
}

/** A public key in OpenSSH's form whose private half nobody has: https://www.rfc-editor.org/rfc/rfc8709 */
export function exampleKey(): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const name = Buffer.from("ssh-ed25519");
  return `ssh-ed25519 ${Buffer.concat([lengthOf(name), name, lengthOf(raw), raw]).toString("base64")} proof`;
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}

/**
 * What GROUNDPLAN_TERRAFORM names, a program of the PATH or a file; else the terraform of the PATH, or OpenTofu's tofu where there is none.
 *
 * @param env Default: the process' own.
 */
export async function findTerraform(env?: Readonly<Record<string, string>>): Promise<Terraform | MissingTerraform> {
  const chosen = (env ?? process.env).GROUNDPLAN_TERRAFORM ?? "";
  for (const name of chosen === "" ? ["terraform", "tofu"] : [chosen]) {
    const command = { program: name, args: ["version", "-json"], cwd: tmpdir() };
    const { code, stdout, stderr, missing } = await runProgram(command, { ...(env === undefined ? {} : { env }), timeoutMs: TIMEOUT_MS });
    if (missing) continue;
    const version = /"terraform_version":\s*"([^"]+)"/.exec(stdout)?.[1];
    if (code !== 0 || version === undefined)
      return unusable(`${name} does not say its version: ${(stderr || stdout).trim().split("\n")[0] ?? ""}`);
    return isNewEnough(version) ? { name, version } : unusable(`${name} ${version} is too old: ${OLDEST.join(".")} or newer is needed`);
  }
  if (chosen !== "") {
    const fix = "set GROUNDPLAN_TERRAFORM to terraform, tofu, or the path of one of them; without it, the one that is installed is used";
    return { problem: { message: `there is no program ${chosen} on this machine, which GROUNDPLAN_TERRAFORM names`, fix } };
  }
  return unusable("neither terraform nor tofu is installed on this machine");
}

function unusable(message: string): MissingTerraform {
  return { problem: { message, fix: GET } };
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
