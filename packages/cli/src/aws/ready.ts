import { UserError, type UserProblem } from "@groundplan/model";
import { findTerraform } from "@groundplan/prove";
import type { CommandInput } from "../command.js";
import { findCredentials } from "./credentials.js";
import { type Deployment, valueFiles } from "./deployment.js";
import { findAnsible, findSsh, GET_ANSIBLE, GET_SSH, toolProblem } from "./find-tools.js";
import type { TerraformPlace } from "./terraform-commands.js";
import { declaredVariables, givenVariables, otherValues, variableProblems } from "./variables.js";
import { renderTarget } from "./write-deployment.js";

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
export async function needAll({ arguments: given }: CommandInput, deployment: Deployment, needs: Needs): Promise<Ready> {
  const variables = givenVariables(given);
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
    ...(needs.aws ? variableProblems(declaredVariables(renderTarget(deployment).files), variables, others) : []),
    credentials !== null && "problem" in credentials ? credentials.problem : null,
  ].filter((problem): problem is UserProblem => problem !== null);
  if (problems.length > 0 || "problem" in terraform) throw new UserError(problems);
  return {
    place: { program: terraform.name, folder: deployment.terraformFolder },
    variables: [...variables].map(([name, value]) => `${name}=${value}`),
  };
}
