import { type NetworkRule, OPERATOR_CIDR, type RuleSource } from "@groundplan/model";
import { type Raw, raw } from "./hcl/hcl-value.js";

/** A host's name as Terraform's own names are written: `payment-api` gives `payment_api`. */
export const labelOf = (name: string): string => name.replaceAll("-", "_");

export const reference = (type: string, label: string, attribute: string): Raw => raw(`${type}.${label}.${attribute}`);

/** Each rule with a name of its own that says what it lets through, for example `backend_ingress_6379_from_frontend`. */
export function labelledRules(rules: readonly NetworkRule[]): readonly { readonly label: string; readonly rule: NetworkRule }[] {
  const taken = new Map<string, number>();
  return rules.map((rule) => {
    const { group, direction, port, source } = rule;
    const label = labelOf(`${group}_${direction}_${port}_${direction === "ingress" ? "from" : "to"}_${otherEnd(source)}`);
    const count = (taken.get(label) ?? 0) + 1;
    taken.set(label, count);
    // Hosts may be called "internet" and "operator" too.
    return { label: count === 1 ? label : `${label}_${count}`, rule };
  });
}

function otherEnd(source: RuleSource): string {
  if ("group" in source) return source.group;
  if (source.cidr === OPERATOR_CIDR) return "operator";
  return source.cidr === "0.0.0.0/0" ? "internet" : source.cidr.replaceAll(/[./]/g, "_");
}
