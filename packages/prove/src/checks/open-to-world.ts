import type { Plan } from "@groundplan/model";
import { appliedRules, renderRule } from "./applied-rules.js";
import { type Check, ofType } from "./check.js";

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/** What nobody opens to everybody on purpose: SSH, RDP and databases. */
const NEVER_OPEN = ["22", "3389", "3306", "5432", "6379", "27017", "11211"];

export const NOTHING_ELSE_OPEN: Check = {
  claim: "nothing is open to the internet that the stack does not say",
  contradictions({ resources, plan }) {
    if (ofType(resources, "aws_security_group").length === 0) return null;
    return appliedRules(resources)
      .filter(({ direction, source }) => direction === "ingress" && ANYWHERE.includes(source))
      .filter(({ group, ports }) => (plan === null ? isNeverOpen(ports) : !isPlanned(plan, group, ports)))
      .map((rule) => `open to the internet: ${renderRule(rule)}`);
  },
};

function isPlanned({ rules }: Plan, group: string, ports: string): boolean {
  return rules.some(
    (rule) =>
      rule.direction === "ingress" &&
      "cidr" in rule.source &&
      ANYWHERE.includes(rule.source.cidr) &&
      String(rule.port) === ports &&
      group.endsWith(`.${rule.group.replaceAll("-", "_")}`),
  );
}

function isNeverOpen(ports: string): boolean {
  if (ports === "all") return true;
  const [from = 0, to = from] = ports.split("-").map(Number);
  return NEVER_OPEN.some((port) => from <= Number(port) && Number(port) <= to);
}
