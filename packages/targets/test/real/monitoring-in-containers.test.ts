import assert from "node:assert/strict";
import { test } from "node:test";
import { MONITORED } from "../monitoring/monitored.js";
import { checked, written } from "../monitoring/promtool.js";
import { rendered } from "../rendered.js";

for (const target of ["compose", "swarm"]) {
  for (const [name, plan] of Object.entries(MONITORED)) {
    test(`promtool finds no fault with what Prometheus reads of the ${name} stack under ${target}`, async (context) => {
      const folder = written(context, rendered(target, plan).files);
      const outcome = await checked(context, "promtool", ["check", "config", "prometheus/prometheus.yml"], folder);
      if (outcome === null) return;
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.match(outcome.stdout, /SUCCESS: [1-9]\d* rule files found/);
    });
  }
}
