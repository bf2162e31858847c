import type { Cloud, CloudResource } from "../cloud/cloud.js";
import { LIFE_CYCLE } from "./life-cycle.js";
import type { StateResource } from "./state-resource.js";
import { StepFailed, type TerraformRun, usualJudge } from "./terraform-run.js";
import { allowDestroy } from "./work-copy.js";

/** How AWS, Terraform and OpenTofu refuse to destroy what is protected. */
const PROTECTED = /^Error: (OperationNotPermitted|Instance cannot be destroyed|Resource instance cannot be destroyed)/;

/**
 * Destroys everything. What is protected has to be refused first, and goes once the protection is lifted, as it would be by hand.
 *
 * @throws StepFailed
 */
export async function destroyAll(run: TerraformRun, cloud: Cloud, resources: readonly StateResource[], folder: string): Promise<void> {
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
