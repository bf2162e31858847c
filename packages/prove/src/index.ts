export type { CheckResult } from "./checks/run-checks.js";
export { type ProveOptions, proveTerraform, type TerraformProof } from "./prove-terraform.js";
export { findTerraform, type MissingTerraform, type Terraform } from "./terraform/find-terraform.js";
export { LIFE_CYCLE } from "./terraform/life-cycle.js";
export type { StateResource } from "./terraform/state-resource.js";
export type { Step, StepResult } from "./terraform/terraform-run.js";
export { hasConfiguration } from "./terraform/work-copy.js";
export { type OfflineAwsRun, withOfflineAws } from "./with-offline-aws.js";
