import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "@groundplan/model";
import { addressesOf, awkwardStack, renderNftables, votingStack } from "../src/index.js";

test("a host's rules become one line each, groups as addresses and ranges as they are", () => {
  const plan = planOf(votingStack());
  assert.equal(
    renderNftables("database", plan, addressesOf(plan)),
    `flush ruleset
table inet security_group {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    iif lo accept
    ip saddr 10.0.1.10 tcp dport 22 accept
    ip saddr 10.0.2.11 tcp dport 5432 accept
    ip saddr 10.0.1.10 tcp dport 5432 accept
    ip saddr 10.0.1.10 tcp dport 9100 accept
    ip saddr 10.0.1.10 tcp dport 9187 accept
  }
  chain output {
    type filter hook output priority filter; policy drop;
    ct state established,related accept
    oif lo accept
    ip daddr 0.0.0.0/0 tcp dport 443 accept
  }
}
`,
  );
  assert.match(renderNftables("frontend", plan, addressesOf(plan)), /ip saddr 192\.0\.2\.1 tcp dport 22 accept/);
});

test("each end has an address of its own, a host one of its subnet", () => {
  const plan = planOf(awkwardStack());
  const addresses = addressesOf(plan);
  assert.deepEqual([...addresses.keys()], ["internet", "operator", "203.0.113.0/24", ...plan.hosts.map(({ name }) => name)]);
  assert.equal(new Set(addresses.values()).size, addresses.size);
  for (const { name, cidr } of plan.hosts) assert.equal(addresses.get(name)?.replace(/\d+$/, "0/24"), cidr);
});

test("a rule of a group that has no address is no rule that could be enforced", () => {
  const plan = planOf(votingStack());
  assert.throws(() => renderNftables("database", plan, new Map()), { message: 'a rule names "frontend", which has no address' });
});
