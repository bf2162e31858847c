import type { StateResource } from "../terraform/state-resource.js";
import { isValues } from "../values/value.js";
import { type AppliedRule, appliedRules, expectedRule, renderRule } from "./applied-rules.js";
import { type Check, ofType } from "./check.js";

/** What AWS lets a description have: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html */
const LONGEST_DESCRIPTION = 255;
/** A purpose that is too long is cut, and the cut may be marked. */
const CUT_AT_LEAST = 200;

export const RULES_EQUAL_PLAN: Check = {
  claim: "the security group rules are those of the stack: none is missing, none is added",
  contradictions({ resources, plan, operatorCidr }) {
    if (plan === null) return null;
    const groupOf = (host: string) => groupOfHost(resources, host);
    const expected = plan.rules.map((rule) => expectedRule(rule, operatorCidr, groupOf));
    const applied = appliedRules(resources);
    return [
      ...expected.filter((rule) => !applied.some((other) => isSame(rule, other))).map((rule) => `missing: ${renderRule(rule)}`),
      ...applied.filter((rule) => !expected.some((other) => isSame(other, rule))).map((rule) => `not of the stack: ${renderRule(rule)}`),
      ...(applied.length > expected.length && expected.length > 0 ? twice(applied) : []),
    ];
  },
};

/** The group that carries the host's name as its label or in its tag Host. */
function groupOfHost(resources: readonly StateResource[], host: string): string {
  const label = host.replaceAll("-", "_");
  const found = ofType(resources, "aws_security_group").find(
    ({ name, values }) => name === label || (isValues(values.tags) && values.tags.Host === host),
  );
  return found?.address ?? `aws_security_group.${label}`;
}

function isSame(expected: AppliedRule, applied: AppliedRule): boolean {
  const { description: purpose, ...one } = expected;
  const { description, ...other } = applied;
  const isDescribed =
    purpose.length <= LONGEST_DESCRIPTION ? description === purpose : description.slice(0, CUT_AT_LEAST) === purpose.slice(0, CUT_AT_LEAST);
  return isDescribed && JSON.stringify(one) === JSON.stringify(other);
}

function twice(rules: readonly AppliedRule[]): readonly string[] {
  const texts = rules.map(renderRule);
  return texts.filter((text, index) => texts.indexOf(text) !== index).map((text) => `twice: ${text}`);
}
