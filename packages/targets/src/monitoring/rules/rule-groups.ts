import type { Watched } from "../watched.js";
import { certificateRules } from "./certificate-rules.js";
import { hostRules } from "./host-rules.js";
import { pipelineRules } from "./pipeline-rules.js";
import { postgresRules } from "./postgres-rules.js";
import { redisRules } from "./redis-rules.js";
import type { RuleGroup } from "./rule.js";
import { serviceRules } from "./service-rules.js";

/** Every rule there is about what is watched. A group whose subject is not there is left out. */
export function ruleGroups(watched: Watched): readonly RuleGroup[] {
  const groups = [hostRules, serviceRules, redisRules, postgresRules, pipelineRules, certificateRules].map((rules) => rules(watched));
  return groups.filter((group) => group !== null);
}
