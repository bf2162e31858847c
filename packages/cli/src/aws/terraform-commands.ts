import type { CommandLine } from "@groundplan/programs";

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
