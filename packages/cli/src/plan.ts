/** What tools need of a stack: `import { checkStack } from "groundplan/plan"`. Stack files import "groundplan". */
export {
  type AwsDefinition,
  type BuildDefinition,
  buildOf,
  type CheckedStack,
  type ComponentDefinition,
  type ComponentKind,
  type ComponentSource,
  checkStack,
  type EnvNaming,
  type EnvPiece,
  type EnvValue,
  type ExplainedReach,
  type Exporter,
  explainedReachability,
  type HealthCheck,
  INTERNET,
  type Link,
  type MonitoringDefinition,
  type NetworkRule,
  nearest,
  OPERATOR,
  OPERATOR_CIDR,
  type PipelineDefinition,
  type Plan,
  type PlannedComponent,
  type PlannedHost,
  type Problem,
  type ProblemCode,
  planOf,
  type Reach,
  type ReachEnd,
  type ReachPath,
  type RuleSource,
  reachability,
  reachPaths,
  readyImageOf,
  renderEnv,
  type ScrapeTarget,
  type StackDefinition,
  type Subnet,
  whyNot,
  withStandIns,
} from "@groundplan/model";

/**
 * The variables that a service of a stack gets on this machine, where `groundplan up` runs the stack now.
 *
 * @param stack Folder with the stack.ts, or the file itself.
 * @throws Error (rejects) with a sentence when the stack file cannot be used, has no such service, or the stack does not run.
 * @example (await runningEnv("stacks/voting", "worker")).DB_URL
 */
export async function runningEnv(stack: string, service: string): Promise<Readonly<Record<string, string>>> {
  // Stack files import this module too, and need none of these.
  const [{ readPlan }, { renderProblems }, { recallEnv }, { stateFolderOf }] = await Promise.all([
    import("./stack-file/open-plan.js"),
    import("./output/render-problems.js"),
    import("@groundplan/local"),
    import("./up/state-folder.js"),
  ]);
  const read = await readPlan(process.cwd(), stack);
  if ("problems" in read) throw new Error(renderProblems(read.file, read.problems));
  return recallEnv({ plan: read.plan, stateFolder: stateFolderOf(read.folder, read.plan.stack), service });
}
