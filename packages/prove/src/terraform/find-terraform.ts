import { tmpdir } from "node:os";
import type { UserProblem } from "@groundplan/model";
import { runProgram } from "@groundplan/programs";

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
