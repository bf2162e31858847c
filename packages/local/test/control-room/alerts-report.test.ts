import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAlerts } from "../../src/control-room/reports.js";

const answer = (...alerts: unknown[]) => JSON.stringify({ status: "success", data: { alerts } });

const stalled = {
  labels: { alertname: "WorkerStalled", severity: "page", stack: "voting", service: "worker" },
  annotations: { summary: "No vote is counted", description: "for 1m", runbook_url: "docs/runbooks/worker-stalled.md" },
  state: "firing",
  activeAt: "2026-03-01T10:00:00Z",
  value: "0e+00",
};

test("an alert of Prometheus is read with what tells it from others of its name", () => {
  assert.deepEqual(parseAlerts(answer(stalled)), [
    {
      name: "WorkerStalled",
      state: "firing",
      severity: "page",
      summary: "No vote is counted",
      description: "for 1m",
      labels: ["service=worker"],
      since: Date.UTC(2026, 2, 1, 10),
      runbook: "docs/runbooks/worker-stalled.md",
    },
  ]);
});

test("firing alerts come before pending ones, the longest first, and an inactive one is none", () => {
  const at = (alertname: string, state: string, activeAt: string) => ({ labels: { alertname }, state, activeAt });
  const alerts = parseAlerts(
    answer(
      at("new", "pending", "2026-03-01T10:00:00Z"),
      at("young", "firing", "2026-03-01T10:02:00Z"),
      at("over", "inactive", "2026-03-01T09:00:00Z"),
      at("old", "firing", "2026-03-01T10:01:00Z"),
    ),
  );
  assert.deepEqual(
    alerts.map(({ name }) => name),
    ["old", "young", "new"],
  );
});

test("an alert without annotations is shown by its name", () => {
  const [alert] = parseAlerts(answer({ labels: { alertname: "Bare" }, state: "pending", activeAt: "2026-03-01T10:00:00Z" }));
  assert.deepEqual([alert?.summary, alert?.description, alert?.severity, alert?.runbook], ["Bare", "", null, null]);
});

test("an answer that is none of Prometheus' is an error, not an empty list", () => {
  assert.throws(() => parseAlerts("{}"), /lists no alerts/);
  assert.throws(() => parseAlerts("<html>"), SyntaxError);
});
