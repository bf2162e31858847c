import { deepFreeze } from "../deep-freeze.js";
import type { StackDefinition } from "../definition.js";
import type { Problem } from "../problem.js";
import { awsProblems } from "./aws.js";
import { cycleProblems } from "./cycles.js";
import { envProblems } from "./env.js";
import { hostProblems } from "./hosts.js";
import { linkProblems } from "./links.js";
import { monitoringProblems } from "./monitoring.js";
import { nameProblems } from "./names.js";
import { pipelineProblems } from "./pipeline.js";
import { portProblems } from "./ports.js";
import { sourceProblems } from "./sources.js";
import { standInProblems } from "./stand-ins.js";

/** Everything that is wrong with a stack, not only the first. An empty list means that it is valid: `planOf` takes it. */
export function validateStack(stack: StackDefinition): readonly Problem[] {
  return deepFreeze([
    ...stack.mistakes,
    ...nameProblems(stack),
    ...sourceProblems(stack),
    ...linkProblems(stack),
    ...cycleProblems(stack),
    ...envProblems(stack),
    ...portProblems(stack),
    ...hostProblems(stack),
    ...standInProblems(stack),
    ...monitoringProblems(stack),
    ...pipelineProblems(stack),
    ...awsProblems(stack),
  ]);
}
