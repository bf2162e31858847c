import type { NetworkRule, RuleSource } from "../plan.js";
import { compareText, sortedUnique } from "./sorted.js";

/** Why a connection is let through, in the order in which a host's rules are listed. */
const REASONS = ["bastion", "public", "link", "monitoring", "internet"] as const;

/** One fact's wish for a rule. Several may want the same rule. */
export interface Need {
  readonly group: string;
  readonly direction: "ingress" | "egress";
  readonly port: number;
  readonly source: RuleSource;
  readonly reason: (typeof REASONS)[number];
  readonly purpose: string;
  /** Of a link: the component that opens it. */
  readonly user: string | null;
}

/**
 * One rule for each group, direction, port and other end (clouds refuse a second one), with the purposes of all who
 * need it. Sorted by host, ingress first, then by reason, port and other end.
 */
export function joinNeeds(needs: readonly Need[], hosts: readonly string[]): readonly NetworkRule[] {
  const rules = new Map<string, { readonly first: Need; readonly all: Need[] }>();
  for (const need of [...needs].sort((a, b) => compareNeeds(a, b, hosts))) {
    const key = [need.group, need.direction, need.port, otherEnd(need)].join(" ");
    const same = rules.get(key);
    if (same === undefined) rules.set(key, { first: need, all: [need] });
    else same.all.push(need);
  }
  return [...rules.values()].map(({ first: { group, direction, port, source }, all }) => ({
    group,
    direction,
    port,
    protocol: "tcp",
    source,
    purpose: joinedPurpose(all),
  }));
}

/** "Redis from result, vote" for two links; "api from shop; api metrics" where monitoring reads the same port. */
function joinedPurpose(needs: readonly Need[]): string {
  const users = new Map<string, string[]>();
  for (const { purpose, user } of needs) users.set(purpose, [...(users.get(purpose) ?? []), ...(user === null ? [] : [user])]);
  return [...users].map(([purpose, from]) => (from.length === 0 ? purpose : `${purpose} from ${sortedUnique(from).join(", ")}`)).join("; ");
}

function byReason(a: Need, b: Need): number {
  return REASONS.indexOf(a.reason) - REASONS.indexOf(b.reason);
}

function compareNeeds(a: Need, b: Need, hosts: readonly string[]): number {
  return (
    hosts.indexOf(a.group) - hosts.indexOf(b.group) ||
    directionRank(a) - directionRank(b) ||
    byReason(a, b) ||
    a.port - b.port ||
    compareText(otherEnd(a), otherEnd(b))
  );
}

function directionRank({ direction }: Need): number {
  return direction === "ingress" ? 0 : 1;
}

function otherEnd({ source }: Need): string {
  return "cidr" in source ? source.cidr : source.group;
}
