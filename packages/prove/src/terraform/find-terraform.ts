import { tmpdir } from "node:os";
import { runProgram } from "./run-program.js";

export interface Terraform {
  /** The program: "terraform", "tofu", or what GROUNDPLAN_TERRAFORM names. */
  readonly name: string;
  readonly version: string;
}

export interface MissingTerraform {
  /** What is wrong, and what to do: a sentence each. */
  readonly problem: string;
  readonly fix: string;
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
export async function findTerraform(env: Readonly<Record<string, string>> = ownEnv()): Promise<Terraform | MissingTerraform> {
  const chosen = env.GROUNDPLAN_TERRAFORM ?? "";
  for (const name of chosen === "" ? ["terraform", "tofu"] : [chosen]) {
    const { code, stdout, stderr, missing } = await runProgram(name, ["version", "-json"], {
      folder: tmpdir(),
      env,
      timeoutMs: TIMEOUT_MS,
    });
    if (missing) continue;
    const version = /"terraform_version":\s*"([^"]+)"/.exec(stdout)?.[1];
    if (code !== 0 || version === undefined)
      return { problem: `${name} does not say its version: ${(stderr || stdout).trim().split("\n")[0] ?? ""}`, fix: GET };
    return isNewEnough(version) ? { name, version } : { problem: `${name} ${version} is too old: ${OLDEST.join(".")} is needed`, fix: GET };
  }
  if (chosen !== "") {
    const fix = "put GROUNDPLAN_TERRAFORM right: terraform, tofu, or the path of one of them; without it, the one that is here is used";
    return { problem: `there is no program ${chosen} on this machine, which GROUNDPLAN_TERRAFORM names`, fix };
  }
  return { problem: "there is no terraform on this machine, and no tofu", fix: GET };
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function ownEnv(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
