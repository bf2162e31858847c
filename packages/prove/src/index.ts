export type { CheckResult } from "./checks/run-checks.js";
export {
  findTerraform,
  type MissingTerraform,
  type ProveOptions,
  proveTerraform,
  type Terraform,
  type TerraformProof,
} from "./prove-terraform.js";
export { LIFE_CYCLE } from "./terraform/life-cycle.js";
export type { StateResource, Step, StepResult } from "./terraform/terraform-run.js";
export { hasConfiguration } from "./terraform/work-copy.js";
export { type OfflineAwsRun, withOfflineAws } from "./with-offline-aws.js";
