import { existsSync, readdirSync } from "node:fs";
import { isIPv4 } from "node:net";
import { join } from "node:path";
import { suggestName, UserError, type UserProblem } from "@groundplan/model";
import { findTerraform } from "@groundplan/prove";
import { hostsPlanOf, type Variable } from "@groundplan/targets";
import { textOf } from "../output/write-files.js";
import { findAnsible, findSsh, GET_ANSIBLE, GET_SSH, toolProblem } from "../programs/tools.js";
import { findCredentials } from "./credentials.js";
import type { Deployment } from "./deployment.js";
import type { TerraformPlace } from "./terraform.js";

/** What an action needs before it begins. */
export interface Needs {
  /** Terraform talks to AWS, and wants its variables. */
  readonly aws: boolean;
  /** Hosts are talked to. */
  readonly hosts: boolean;
}

export interface Ready {
  readonly place: TerraformPlace;
  /** `name=value` each, as the command line gave them. */
  readonly variables: readonly string[];
}

/**
 * Looks for all that is needed, before anything is made.
 *
 * @throws UserError with everything that is missing at once.
 */
export async function needAll(deployment: Deployment, needs: Needs, variables: ReadonlyMap<string, string> = new Map()): Promise<Ready> {
  const [terraform, ansible, ssh, credentials] = await Promise.all([
    findTerraform(),
    needs.hosts ? findAnsible() : null,
    needs.hosts ? findSsh() : null,
    needs.aws ? findCredentials() : null,
  ]);
  const others = otherValues(process.env, valueFiles(deployment.terraformFolder));
  const problems = [
    "problem" in terraform ? terraform.problem : null,
    ansible === null ? null : toolProblem("ansible-playbook", ansible, GET_ANSIBLE),
    ssh === null ? null : toolProblem("ssh", ssh, GET_SSH),
    ...(needs.aws ? variableProblems(hostsPlanOf(deployment.opened.plan).variables, variables, others) : []),
    credentials !== null && "problem" in credentials ? credentials.problem : null,
  ].filter((problem): problem is UserProblem => problem !== null);
  if (problems.length > 0 || "problem" in terraform) throw new UserError(problems);
  return {
    place: { program: terraform.name, folder: deployment.terraformFolder },
    variables: [...variables].map(([name, value]) => `${name}=${value}`),
  };
}

/**
 * Values that Terraform takes from the environment (`TF_VAR_name`) or finds in files beside it, in the order of its documentation
 * (https://developer.hashicorp.com/terraform/language/values/variables): a later one counts. `null`: not a plain text.
 *
 * @param files Name and text of terraform.tfvars, *.auto.tfvars and their JSON forms.
 */
export function otherValues(
  env: Readonly<Record<string, string | undefined>>,
  files: readonly (readonly [name: string, text: string])[],
): ReadonlyMap<string, string | null> {
  const values = new Map<string, string | null>();
  for (const [name, value = ""] of Object.entries(env)) if (name.startsWith("TF_VAR_") && value !== "") values.set(name.slice(7), value);
  for (const [file, text] of files) {
    for (const [name, value] of file.endsWith(".json") ? jsonValues(text) : hclValues(text)) values.set(name, value);
  }
  return values;
}

function hclValues(text: string): readonly (readonly [string, string | null])[] {
  return [...text.matchAll(/^\s*([A-Za-z_][\w-]*)\s*=\s*(?:"([^"]*)"\s*(?:#.*)?$)?/gm)].map(([, name = "", value]) => [
    name,
    value ?? null,
  ]);
}

function jsonValues(text: string): readonly (readonly [string, string | null])[] {
  try {
    return Object.entries(JSON.parse(text)).map(([name, value]) => [name, typeof value === "string" ? value : null]);
  } catch {
    // Terraform says what is wrong with it, and where.
    return [];
  }
}

/** Name and text of the files with values that Terraform reads by itself, in its order. */
function valueFiles(terraformFolder: string): readonly (readonly [name: string, text: string])[] {
  const names = existsSync(terraformFolder) ? readdirSync(terraformFolder) : [];
  const automatic = names.filter((name) => /\.auto\.tfvars(?:\.json)?$/.test(name)).sort();
  return ["terraform.tfvars", "terraform.tfvars.json", ...automatic].flatMap((name) => {
    const text = textOf(join(terraformFolder, name));
    return text === null ? [] : [[name, text] as const];
  });
}

/** All that is wrong with the variables, before anything is made. */
export function variableProblems(
  declared: readonly Pick<Variable, "name" | "required">[],
  given: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string | null>,
): readonly UserProblem[] {
  const names = declared.map(({ name }) => name);
  const unknown = [...given.keys()].filter((name) => !names.includes(name)).map((name) => unknownVariable(name, names));
  const missing = declared.filter(({ name, required }) => required && !given.has(name) && !others.has(name));
  const cidr = given.get(OPERATOR) ?? others.get(OPERATOR) ?? null;
  return [...unknown, ...missing.map(({ name }) => missingVariable(name)), ...(cidr === null ? [] : cidrProblems(cidr))];
}

const OPERATOR = "operator_cidr";

function unknownVariable(name: string, names: readonly string[]): UserProblem {
  return {
    message: `--var ${name}: the Terraform files have no variable "${name}"`,
    fix: suggestName(name, names, (meant) => `--var ${meant}=VALUE`),
  };
}

/** What stands for a value of these in a command that can be typed as it is shown. */
const EXAMPLES: Readonly<Record<string, { readonly what: string; readonly example: string }>> = {
  operator_cidr: { what: "the addresses that may connect over SSH: yours", example: "operator_cidr=203.0.113.7/32" },
  ssh_public_key: { what: "the public half of your SSH key", example: 'ssh_public_key="$(cat ~/.ssh/id_ed25519.pub)"' },
};

function missingVariable(name: string): UserProblem {
  const { what, example } = EXAMPLES[name] ?? { what: "it has no default", example: `${name}=VALUE` };
  return {
    message: `variable ${name} has no value (${what})`,
    fix: `add --var ${example}; to keep it, write it into terraform.tfvars beside the Terraform files, or set TF_VAR_${name}`,
  };
}

/** Only its form: whether the range may be this wide is for the Terraform files to say. */
function cidrProblems(text: string): readonly UserProblem[] {
  const [address = "", prefix, ...rest] = text.split("/");
  const isRange = isIPv4(address) && prefix !== undefined && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && rest.length === 0;
  // Of IPv6 ranges Terraform itself judges.
  if (isRange || text.includes(":")) return [];
  const message = `operator_cidr is a range of addresses, for example 203.0.113.7/32, not "${text}"`;
  if (isIPv4(text)) return [{ message, fix: `for this one address: --var operator_cidr=${text}/32` }];
  const find = "a site such as https://checkip.amazonaws.com shows your address";
  return [{ message, fix: `${find} (groundplan doesn't ask); add /32 to it` }];
}
