import { awsTarget } from "./aws/aws-target.js";
import { composeTarget } from "./compose/compose-target.js";
import { graphTarget } from "./graph/index.js";
import { monitoringTarget } from "./monitoring/monitoring-target.js";
import { swarmTarget } from "./swarm/swarm-target.js";
import type { Target } from "./target.js";

/** Every target that `groundplan synth` knows. A new one is a line here. */
export const TARGETS: readonly Target[] = [graphTarget, composeTarget, swarmTarget, monitoringTarget, awsTarget];
