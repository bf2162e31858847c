import assert from "node:assert/strict";
import { test } from "node:test";
import { missingProgram, until } from "@groundplan/testing";
import { VOTING } from "../monitoring/monitored.js";
import { rendered } from "../rendered.js";
import { ALERTMANAGER, startAlertmanager } from "./start-alertmanager.js";

const WORKER = { host: "backend", tier: "private", service: "worker" };
const RESULT = { host: "frontend", tier: "public", service: "result" };

/** Alerts by name, and which of them a real Alertmanager tells of. */
const CASES: Readonly<Record<string, { readonly alerts: readonly Readonly<Record<string, string>>[]; readonly told: readonly string[] }>> =
  {
    "a host that is down takes what is on it with it, and nothing of another host": {
      alerts: [
        { alertname: "HostDown", severity: "page", host: "backend", tier: "private" },
        { alertname: "ServiceDown", severity: "page", ...WORKER },
        { alertname: "ExporterDown", severity: "ticket", host: "backend", tier: "private", service: "redis" },
        { alertname: "PipelineStalled", severity: "page", ...RESULT, level: "visible" },
      ],
      told: ["HostDown", "PipelineStalled"],
    },
    "a service that is down is not told of as stalled too": {
      alerts: [
        { alertname: "ServiceDown", severity: "page", ...WORKER },
        { alertname: "PipelineWorkerStalled", severity: "page", ...WORKER },
        { alertname: "PipelineLagGrowing", severity: "ticket", ...WORKER },
        { alertname: "PipelineRatesApart", severity: "ticket", level: "persisted" },
      ],
      told: ["PipelineRatesApart", "ServiceDown"],
    },
    "a disk that is full soon is told of once, another disk as well": {
      alerts: [
        { alertname: "HostDiskFullSoon", severity: "page", host: "backend", mountpoint: "/" },
        { alertname: "HostDiskHigh", severity: "ticket", host: "backend", mountpoint: "/" },
        { alertname: "HostDiskHigh", severity: "ticket", host: "backend", mountpoint: "/data" },
      ],
      told: ["HostDiskFullSoon", "HostDiskHigh"],
    },
  };

for (const [name, { alerts, told }] of Object.entries(CASES)) {
  test(name, async (context) => {
    const url = await startAlertmanager(context, rendered("monitoring", VOTING).files);
    if (url === null) return context.skip(missingProgram(ALERTMANAGER) ?? "");
    const body = JSON.stringify(alerts.map((labels) => ({ labels })));
    const answer = await fetch(`${url}/api/v2/alerts`, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.equal(answer.status, 200);
    const known = async () => (await (await fetch(`${url}/api/v2/alerts`)).json()) as KnownAlert[];
    await until("all alerts have their state", async () => {
      const all = await known();
      return (
        all.length === alerts.length && all.filter(({ status }) => status.inhibitedBy.length > 0).length === alerts.length - told.length
      );
    });
    const active = (await known()).filter(({ status }) => status.inhibitedBy.length === 0).map(({ labels }) => labels.alertname);
    assert.deepEqual(active.sort(), told);
  });
}

interface KnownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly inhibitedBy: readonly string[] };
}
