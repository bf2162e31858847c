import assert from "node:assert/strict";
import { build, type Plan, planOf, stack } from "@groundplan/model";
import { PLANS } from "../golden.js";

/** The sample stacks, and one with every option of `s.aws` at its other value. */
export const AWS_PLANS: Readonly<Record<string, Plan>> = { ...PLANS, "two-zones": planOf(twoZones()) };

export const planCalled = (name: string): Plan => AWS_PLANS[name] ?? assert.fail(name);

function twoZones() {
  return stack("two-zones", (s) => {
    const queue = s.redis("queue");
    const db = s.postgres("db");
    const vote = s.service("vote", { image: build("./vote"), port: 8000, public: true, metrics: "/metrics", uses: { queue } });
    const result = s.service("result", { image: build("./result"), port: 5001, public: true, metrics: "/metrics", uses: { db } });
    s.host("edge-one", { subnet: "public", runs: [vote] });
    const edge = s.host("edge-two", { subnet: "public", runs: [result] });
    s.host("inner-one", { subnet: "private", runs: [queue] });
    s.host("inner-two", { subnet: "private", runs: [db] });
    s.monitoring({ on: edge });
    s.aws({
      region: "eu-central-1",
      instanceTypes: { "inner-two": "m7i.large" },
      availabilityZones: 2,
      nat: false,
      domain: "poll.example.com",
    });
  });
}
