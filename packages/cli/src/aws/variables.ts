import { isIPv4 } from "node:net";
import type { UserProblem } from "@groundplan/model";
import { nearest } from "@groundplan/model";
import type { GeneratedFile } from "@groundplan/targets";
import type { Arguments } from "../arguments/arguments.js";
import { UsageError } from "../arguments/usage-error.js";

/** A variable of the Terraform files. */
export interface DeclaredVariable {
  readonly name: string;
  /** It has no default. */
  readonly required: boolean;
}

/** The variables that generated files declare, in their order. */
export function declaredVariables(files: readonly GeneratedFile[]): readonly DeclaredVariable[] {
  return files
    .filter(({ path }) => /^terraform\/[^/]+\.tf$/.test(path))
    .flatMap(({ text }) => [...text.matchAll(/^variable "([^"]+)" \{\n([\s\S]*?)^\}/gm)])
    .map(([, name = "", body = ""]) => ({ name, required: !/^ {2}default\s*=/m.test(body) }));
}

/**
 * The values of `--var NAME=VALUE`.
 *
 * @throws UsageError when one has no name, or is given twice.
 */
export function givenVariables(given: Arguments): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const text of given.list("var")) {
    const [, name, value] = /^([A-Za-z_][\w-]*)=([\s\S]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--var is NAME=VALUE, for example --var operator_cidr=203.0.113.7/32, not "${text}".`);
    if (values.has(name)) throw new UsageError(`--var ${name} is given twice.`);
    values.set(name, value);
  }
  return values;
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

/** All that is wrong with the variables, before anything is made. */
export function variableProblems(
  declared: readonly DeclaredVariable[],
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
  const meant = nearest(name, names);
  return {
    message: `--var ${name}: the Terraform files have no variable "${name}"`,
    fix: meant === null ? `use one of ${names.join(", ")}` : `write --var ${meant}=VALUE`,
  };
}

/** What stands for a value of these in a command that can be typed as it is shown. */
const EXAMPLES: Readonly<Record<string, { readonly what: string; readonly example: string }>> = {
  operator_cidr: { what: "the addresses that SSH is allowed from: yours", example: "operator_cidr=203.0.113.7/32" },
  ssh_public_key: { what: "the public half of your SSH key", example: 'ssh_public_key="$(cat ~/.ssh/id_ed25519.pub)"' },
};

function missingVariable(name: string): UserProblem {
  const { what, example } = EXAMPLES[name] ?? { what: "it has no default", example: `${name}=VALUE` };
  return {
    message: `variable ${name} has no value (${what})`,
    fix: `--var ${example}; or once for all in terraform.tfvars beside the Terraform files, or as TF_VAR_${name}`,
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
  const find = "your address is what a site such as https://checkip.amazonaws.com sees";
  return [{ message, fix: `${find} (groundplan asks nobody); write it with /32 behind it` }];
}
