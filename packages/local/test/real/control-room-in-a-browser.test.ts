import assert from "node:assert/strict";
import type { Server } from "node:http";
import { after, before, test } from "node:test";
import { UserError } from "@groundplan/model";
import { BROWSER, BROWSER_ARGUMENTS, until } from "@groundplan/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { type ControlRoom, startControlRoom } from "../../src/control-room/start-control-room.js";
import { component, type FakeStack, fakeStack, metricsServer, part, pipelineOf, planWith } from "../control-room/fake-stack.js";

const skip = BROWSER === undefined ? "needs chromium" : false;

const levels = ["accepted", "queued"].map((name) => ({ name, service: "vote", metric: `${name}_total` }));
const plan = planWith({
  components: [component("db", { kind: "postgres", port: 5432, metrics: null }), component("vote", { public: true, after: ["db"] })],
  links: [{ from: "vote", to: "db", alias: "db", port: 5432, protocol: "tcp", fromHost: "one", toHost: "one" }],
  hosts: [{ name: "one", subnet: "public", cidr: "10.0.1.0/24", zone: 1, bastion: true, runs: ["db", "vote"] }],
  pipeline: pipelineOf(levels),
});

let browser: Browser;
let stack: FakeStack;
let room: ControlRoom;
let page: Page;
/** What the browser complained of: a policy that was violated, a script that failed. */
const complaints: string[] = [];
let count = 0;
let metricsOf: Server;
let prometheus: Server;
/** What Prometheus says, as its API does. */
let alerts: object[] = [];

before(async () => {
  if (skip !== false) return;
  const metrics = await metricsServer(() => `accepted_total ${count}\nqueued_total ${500 + count}\n`);
  metricsOf = metrics.server;
  const alertsApi = await metricsServer(() => JSON.stringify({ status: "success", data: { alerts } }));
  prometheus = alertsApi.server;
  stack = fakeStack(plan, [
    part("db", { kind: "postgres", port: 5432 }),
    part("vote", { port: metrics.port, url: `http://127.0.0.1:${metrics.port}` }),
    part("prometheus", { kind: "monitoring", port: alertsApi.port, url: `http://127.0.0.1:${alertsApi.port}` }),
  ]);
  room = await startControlRoom(stack, { port: 0, host: "127.0.0.1" });
  browser = await chromium.launch({ executablePath: BROWSER ?? "", args: [...BROWSER_ARGUMENTS] });
  page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(room.url);
  await page.locator("#connection", { hasText: /^live$/ }).waitFor();
});

after(async () => {
  await browser?.close();
  await room?.close();
  metricsOf?.close();
  prometheus?.close();
});

test("the page shows the stack's diagram and parts, and follows their states", { skip }, async () => {
  await page.locator("#part-vote[data-status=healthy]").waitFor();
  assert.deepEqual(await page.locator("#parts tbody th").allInnerTexts(), ["db postgres", "vote service", "prometheus monitoring"]);
  assert.equal(await page.title(), "voting: all 3 parts healthy");

  stack.set("vote", { status: "restarting", reason: "killed by SIGKILL", pid: null, restarts: 1 });
  await page.locator("#part-vote[data-status=restarting]").waitFor();
  await page.locator("#parts tr[data-status=restarting]", { hasText: "killed by SIGKILL" }).waitFor();
  assert.equal(await page.locator("#health").textContent(), "2 of 3 parts healthy");
  stack.set("vote", { status: "healthy", reason: null, pid: 7 });
  await page.locator("#part-vote[data-status=healthy]").waitFor();
});

test("the buttons act on their part and say what came of it", { skip }, async () => {
  await page.getByRole("button", { name: "kill vote" }).click();
  await page.locator("#feedback", { hasText: "vote: killed; it comes back by itself." }).waitFor();
  assert.deepEqual(stack.actions, ["kill vote"]);

  stack.set("vote", { status: "stopped", pid: null });
  await page.getByRole("button", { name: "start vote" }).click();
  await page.locator("#feedback", { hasText: "vote: healthy." }).waitFor();
  assert.deepEqual(stack.actions, ["kill vote", "restart vote"]);
  assert.equal(await page.getByRole("button", { name: "kill vote" }).isDisabled(), true);

  stack.set("vote", { status: "healthy", pid: 8 });
  stack.failWith = new UserError({ message: "vote will not end", fix: "wait" });
  await page.getByRole("button", { name: "stop vote" }).click();
  await page.locator("#feedback", { hasText: "vote: stop failed. vote will not end" }).waitFor();
  stack.failWith = null;
  // The refusal itself is an answer 409, which the browser reports.
  assert.deepEqual(
    complaints.splice(0).filter((text) => !text.includes("409")),
    [],
  );
});

test("the levels count from the moment this run began", { skip }, async () => {
  await page.locator(".tile.level-1 .total", { hasText: /^0$/ }).waitFor();
  count = 1_234;
  await page.locator(".tile.level-1 .total", { hasText: /^1,234$/ }).waitFor();
  assert.equal(await page.locator(".tile.level-0 .total").textContent(), "1,234");
  await page.locator(".tile.lag .note", { hasText: "everything has arrived" }).waitFor();
});

test("the chart goes back as far as one chooses", { skip }, async () => {
  await page.getByLabel("1 h").check({ force: true });
  assert.equal(await page.locator('input[name="span"]:checked').getAttribute("value"), "60");
  await page.getByLabel("5 min", { exact: true }).check({ force: true });
});

test("alerts are shown as Prometheus tells of them, and go when they are resolved", { skip }, async () => {
  await page.locator("#alerts-note", { hasText: "None is active." }).waitFor();
  assert.equal(await page.locator("#prometheus").getAttribute("href"), `${stack.states().at(-1)?.url}/alerts`);
  alerts = [
    {
      labels: { alertname: "Stalled", severity: "page", service: "worker" },
      annotations: { summary: "<b>No</b> vote is counted", description: "12 wait", runbook_url: "docs/runbooks/stalled.md" },
      state: "pending",
      activeAt: new Date().toISOString(),
    },
  ];
  const item = page.locator("#alert-list li");
  await page.locator("#alert-list li[data-state=pending]").waitFor();
  assert.match(
    (await item.innerText()).replace(/\s+/g, " "),
    /pending <b>No<\/b> vote is counted for \d+ s Stalled · page · service=worker 12 wait What to do: docs/,
  );
  alerts = alerts.map((alert) => ({ ...alert, state: "firing" }));
  await page.locator("#alert-list li[data-state=firing]").waitFor();
  alerts = [];
  await page.locator("#alerts-note", { hasText: "None is active." }).waitFor();
  assert.equal(await item.count(), 0);
});

test("a Prometheus that does not answer is said, and what was known stays", { skip }, async () => {
  const { port } = stack.states().find((state) => state.name === "prometheus") ?? part("prometheus");
  stack.set("prometheus", { port: 1 });
  await page.locator("#alerts-note", { hasText: "Prometheus does not answer" }).waitFor();
  stack.set("prometheus", { port });
  await page.locator("#alerts-note", { hasText: "None is active." }).waitFor();
});

test("a level that cannot be read says why, and nothing is said to have arrived", { skip }, async () => {
  const { port } = stack.states().find((state) => state.name === "vote") ?? part("vote");
  stack.set("vote", { port: 1 });
  await page.locator(".tile.level-0 .note", { hasText: "vote does not answer" }).waitFor();
  await page.locator(".tile.lag .note", { hasText: "as last seen" }).waitFor();
  stack.set("vote", { port });
  await page.locator(".tile.lag .note", { hasText: "everything has arrived" }).waitFor();
});

test("the log shows lines as text, narrows by text and by part, and keeps at most 2,000", { skip }, async () => {
  stack.print({ from: "vote", text: '{"level":40,"msg":"<b>slow</b>","ms":12}' });
  stack.print({ from: "db", text: "checkpoint" });
  const lines = page.locator("#log .line .text");
  await until("both lines are there", async () => (await lines.count()) === 2);
  assert.deepEqual(await lines.allInnerTexts(), ["warn <b>slow</b> ms=12", "checkpoint"]);

  await page.getByPlaceholder("Filter").fill("CHECK");
  assert.deepEqual(await lines.allInnerTexts(), ["checkpoint"]);
  await page.getByPlaceholder("Filter").fill("");
  await page.getByRole("checkbox", { name: "db" }).uncheck();
  assert.equal(await lines.count(), 1);
  await page.getByRole("checkbox", { name: "db" }).check();

  for (let number = 1; number <= 2_500; number++) stack.print({ from: "db", text: `line ${number}` });
  await page.locator("#log .line", { hasText: /line 2500$/ }).waitFor();
  assert.equal(await lines.count(), 2_000);
});

test("a paused log stands still and catches up", { skip }, async () => {
  const last = page.locator("#log .line .text").last();
  await page.getByRole("button", { name: "Pause" }).click();
  stack.print({ from: "db", text: "while paused" });
  await page.locator("#log-count", { hasText: "1 new" }).waitFor();
  assert.doesNotMatch((await last.textContent()) ?? "", /while paused/);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator("#log .line", { hasText: "while paused" }).waitFor();
});

test("the page breaks no rule of its policy and no script fails", { skip }, () => {
  assert.deepEqual(complaints, []);
});

test("a lost connection is shown, and the page comes back by itself", { skip }, async () => {
  const port = Number(new URL(room.url).port);
  await room.close();
  await page.locator("#connection", { hasText: "disconnected" }).waitFor();
  stack.set("vote", { status: "unhealthy", reason: "no queue" });
  room = await startControlRoom(stack, { port, host: "127.0.0.1" });
  await page.locator("#connection", { hasText: /^live$/ }).waitFor();
  await page.locator("#parts tr[data-status=unhealthy]", { hasText: "no queue" }).waitFor();
});
