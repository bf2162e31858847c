import { Refusal } from "../protocol/provider.js";
import { DELETE_RULES } from "./delete-rules.js";
import { INSTANCE_RULES } from "./instance-rules.js";
import { MISSING_REFERENCES } from "./missing-references.js";
import { NAME_RULES } from "./name-rules.js";
import { NETWORK_RULES } from "./network-rules.js";
import type { Asked, Rule } from "./rule.js";
import { SECURITY_GROUP_RULES } from "./security-group-rules.js";

/** All that is known here of what AWS refuses, in the order in which it is looked at. */
export const RULES: readonly Rule[] = [
  ...MISSING_REFERENCES,
  ...NETWORK_RULES,
  ...SECURITY_GROUP_RULES,
  ...INSTANCE_RULES,
  ...NAME_RULES,
  ...DELETE_RULES,
];

/** @throws Refusal for the first rule that is broken. */
export function applyRules(at: Rule["at"], asked: Asked): void {
  for (const rule of RULES) {
    if (rule.at !== at || rule.types?.includes(asked.type) === false) continue;
    const broken = rule.refuses(asked);
    if (broken !== null) throw new Refusal(rule.code, broken.message, broken.attribute);
  }
}
