import type { NetworkRule, Plan } from "../plan.js";

/** All that decides who reaches whom. The rules may come from a plan, or from anywhere else: written by hand, read back from a cloud. */
export type RuleSet = Pick<Plan, "hosts" | "rules">;

/** Anyone at all. */
export const INTERNET = "internet";

/** Who sits at the address that targets ask for when they deploy. */
export const OPERATOR = "operator";

/**
 * One end of a connection: a host's name, `INTERNET`, `OPERATOR`, or a range that a rule names, such as "203.0.113.0/24".
 * The internet is everywhere outside that is in none of the other ranges.
 */
export type ReachEnd = string;

/** A connection that the rules let through. */
export interface Reach {
  readonly from: ReachEnd;
  readonly to: ReachEnd;
  readonly port: number;
  readonly protocol: NetworkRule["protocol"];
  /** The rules that let it through: the sender's egress, when it is a host, then the receiver's ingress, when it is one. */
  readonly because: readonly NetworkRule[];
}

/** Tells a connection from others: two of the same key differ at most in why they are let through. */
export function reachKey({ from, to, port, protocol }: Omit<Reach, "because">): string {
  return [from, to, port, protocol].join(" ");
}
