import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Plan, planOf, type StackBuilder, stack } from "@groundplan/model";
import { LocalMonitoring } from "../../src/monitoring/local-monitoring.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A search path with these programs, none of which does anything. */
function programs(...names: readonly string[]): string {
  const folder = temporaryFolder();
  for (const name of names) {
    writeFileSync(join(folder, name), "#!/bin/sh\n");
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function planWith(define: (s: StackBuilder) => void): Plan {
  return planOf(stack("demo", define));
}

const watched = planWith((s) => {
  const db = s.postgres("db");
  const web = s.service("web", { local: "true", port: 80, uses: { db }, metrics: "/metrics" });
  s.host("one", { subnet: "public", runs: [db, web] });
  s.monitoring();
});

function openOn(plan: Plan, searchPath: string) {
  const notes: string[] = [];
  const monitoring = new LocalMonitoring(plan, new Set(plan.components.map(({ name }) => name)), (note) => notes.push(note), searchPath);
  return { notes, listeners: monitoring.listeners().map(({ name }) => name) };
}

test("a stack that says nothing of monitoring is told what to add", () => {
  const plan = planWith((s) => s.host("one", { subnet: "public", runs: [s.service("web", { local: "true", port: 80 })] }));
  assert.throws(() => openOn(plan, programs("prometheus")), {
    name: "UserError",
    message: /says nothing of monitoring\n {2}fix: add s\.monitoring/,
  });
});

test("a machine without Prometheus is told how to get it", () => {
  assert.throws(() => openOn(watched, programs()), {
    name: "UserError",
    message: /no Prometheus on this machine.*\n {2}fix: install it \(Debian and Ubuntu: apt-get install prometheus/,
  });
});

test("an exporter that is missing is left out with a note, under either of its names it is found", () => {
  assert.deepEqual(openOn(watched, programs("prometheus", "node_exporter")), {
    notes: ["db-exporter: this machine has no postgres exporter, so what it would tell is missing (package prometheus-postgres-exporter)"],
    listeners: ["node-exporter", "prometheus"],
  });
  assert.deepEqual(openOn(watched, programs("prometheus", "prometheus-node-exporter", "postgres_exporter")), {
    notes: [],
    listeners: ["node-exporter", "db-exporter", "prometheus"],
  });
});
