import type { Applied, Check } from "./check.js";
import { IMDS_V2_REQUIRED } from "./imds-v2.js";
import { NOTHING_ELSE_OPEN } from "./open-to-world.js";
import { PRIVATE_HOSTS_HAVE_NO_PUBLIC_ADDRESS } from "./private-hosts.js";
import { REFERENCES_RESOLVE } from "./references-resolve.js";
import { RULES_EQUAL_PLAN } from "./rules-equal-plan.js";
import { VOLUMES_ENCRYPTED } from "./volumes-encrypted.js";

export interface CheckResult {
  readonly claim: string;
  /** `null`: there was nothing to hold it against. */
  readonly holds: boolean | null;
  /** What contradicts it, a sentence each. */
  readonly contradictions: readonly string[];
}

const CHECKS: readonly Check[] = [
  RULES_EQUAL_PLAN,
  NOTHING_ELSE_OPEN,
  PRIVATE_HOSTS_HAVE_NO_PUBLIC_ADDRESS,
  REFERENCES_RESOLVE,
  VOLUMES_ENCRYPTED,
  IMDS_V2_REQUIRED,
];

/** What holds of an applied configuration, each check on its own. */
export function runChecks(applied: Applied): readonly CheckResult[] {
  return CHECKS.map(({ claim, contradictions }) => {
    const found = contradictions(applied);
    return { claim, holds: found === null ? null : found.length === 0, contradictions: found ?? [] };
  });
}
