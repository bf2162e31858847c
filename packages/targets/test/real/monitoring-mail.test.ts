import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { missingProgram, until } from "@groundplan/testing";
import { hostReach, renderMonitoring } from "../../src/index.js";
import { VOTING } from "../monitoring/monitored.js";
import { startMailServer } from "./mail-server.js";
import { ALERTMANAGER, startAlertmanager } from "./start-alertmanager.js";

const SUMMARY = "worker is stalled";

test("a page arrives by mail: encrypted, logged in, with what happened and the runbook", async (context) => {
  const missing = missingProgram("openssl", ALERTMANAGER);
  if (missing !== null) return context.skip(missing);
  const folder = mkdtempSync(join(tmpdir(), "groundplan-mail-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const mail = await startMailServer(folder);
  context.after(() => mail.close());
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, "s3cret\n");
  const receiver = {
    kind: "smtp",
    to: "ops@example.com",
    from: "alarms@example.com",
    smarthost: `127.0.0.1:${mail.port}`,
    login: { user: "alarms", passwordFile },
  } as const;
  const files = renderMonitoring(VOTING, hostReach(VOTING, receiver));
  const url = await startAlertmanager(context, files, { SSL_CERT_FILE: mail.certificateFile });
  if (url === null) return context.skip(missingProgram(ALERTMANAGER) ?? "");

  const alert = {
    labels: { alertname: "PipelineWorkerStalled", severity: "page", host: "backend", service: "worker" },
    annotations: { summary: SUMMARY, description: "50 wait for worker", runbook_url: "docs/runbooks/PipelineWorkerStalled.md" },
  };
  const send = async (more: object) => {
    const body = JSON.stringify([{ ...alert, ...more }]);
    const answer = await fetch(`${url}/api/v2/alerts`, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.equal(answer.status, 200);
  };
  await send({});
  // The group of a page is told after 10 seconds.
  const first = await until("the letter is there", () => mail.letters[0], 40_000);
  assert.equal(first.to, "ops@example.com");
  assert.equal(first.login, "alarms s3cret");
  assert.match(first.text, /^From: alarms@example\.com$/m);
  assert.match(first.text, /^Subject: \[FIRING:1\].*PipelineWorkerStalled/m);
  const body = first.text.replaceAll("=\n", "");
  for (const said of [SUMMARY, "50 wait for worker", "docs/runbooks/PipelineWorkerStalled.md"]) assert.ok(body.includes(said), said);
});
