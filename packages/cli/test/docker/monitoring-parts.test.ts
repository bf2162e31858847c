import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { build, type Plan, planOf, type StackDefinition, stack } from "@groundplan/model";
import { containerPlanOf } from "@groundplan/targets";
import { composeUp } from "../../src/compose/project.js";
import { wantedParts } from "../../src/compose/up.js";
import { expectedJobs, probeScrapes, requireScrapesUp } from "../../src/docker/probes.js";
import { type DockerProject, partsOf, portVariables, requireMailPassword } from "../../src/docker/project.js";
import { makeImages } from "../../src/images/make-images.js";
import { folderWith } from "../helpers.js";
import { fakeProgress, fakeRunner } from "./fake-runner.js";

const definition = (smarthost?: string): StackDefinition =>
  stack("shop", (s) => {
    const db = s.postgres("db");
    s.service("web", { image: build("./web"), port: 80, public: true, uses: { db }, metrics: "/metrics" });
    s.monitoring({
      ...(smarthost === undefined ? {} : { alarms: { email: "ops@example.com", smarthost, from: "alarms@example.com", user: "alarms" } }),
    });
  });
const plan = planOf(definition());
const parts = partsOf(containerPlanOf(plan));
const wanted = (...words: readonly string[]) => wantedParts(words, parts).map(({ name }) => name);

test("monitoring is started with the stack, after what it reads, and its pages are published", () => {
  assert.deepEqual(wanted(), ["db", "web", "prometheus", "alertmanager", "grafana", "node-exporter", "db-exporter"]);
  assert.deepEqual(parts.find(({ name }) => name === "db-exporter")?.after, ["db"]);
  assert.deepEqual(portVariables({ grafana: 3001, prometheus: 9091 }, parts), { GRAFANA_PORT: "3001", PROMETHEUS_PORT: "9091" });
  assert.throws(() => portVariables({ alertmanager: 9094 }, parts), /isn't a public service/);
  assert.deepEqual(
    parts.filter(({ image }) => image === null).map(({ name }) => name),
    ["web"],
  );
});

test("--without leaves out programs of monitoring, all of them, and nothing of the stack", () => {
  assert.deepEqual(wanted("grafana", "node-exporter"), ["db", "web", "prometheus", "alertmanager", "db-exporter"]);
  assert.deepEqual(wanted("monitoring"), ["db", "web"]);
  assert.throws(() => wanted("grafna"), {
    name: "UsageError",
    message:
      /^--without grafna: only what belongs to monitoring can be left out \(monitoring, prometheus, .*\)\. Did you mean "grafana"\?$/,
  });
  assert.throws(() => wanted("web"), { name: "UsageError" });
  const own = parts.filter(({ isMonitoring }) => !isMonitoring);
  assert.throws(() => wantedParts(["grafana"], own), /the stack has no monitoring/);
  const { args } = composeUp({ program: "docker", args: ["compose"] }, {}, ["db", "web"]);
  assert.deepEqual(args.slice(-3), ["--no-build", "db", "web"]);
});

test("what does not run is not expected of Prometheus", () => {
  assert.deepEqual(expectedJobs(plan, parts), ["prometheus", "node-exporter", "db", "web"]);
  assert.deepEqual(
    expectedJobs(
      plan,
      parts.filter(({ name }) => name !== "db-exporter"),
    ),
    ["prometheus", "node-exporter", "web"],
  );
});

test("alarms by mail need a password that somebody has written", () => {
  const mailing = planOf(definition("smtp.example.com:587"));
  const folder = folderWith({});
  const project = (of: Plan) => ({ opened: { plan: of }, folder, shownFolder: "out/compose" }) as DockerProject;
  const all = partsOf(containerPlanOf(mailing));
  assert.throws(() => requireMailPassword(project(mailing), all), {
    name: "UserError",
    message:
      "alarms go out as alarms at smtp.example.com:587, and there is no password for that account\n" +
      "  fix: write it into out/compose/alertmanager/smtp-password (chmod 644: Alertmanager reads it as the user nobody); git ignores it",
  });
  const silent = all.filter(({ name }) => name !== "alertmanager");
  assert.doesNotThrow(() => requireMailPassword(project(mailing), silent));
  assert.doesNotThrow(() => requireMailPassword(project(plan), parts));
  mkdirSync(join(folder, "alertmanager"));
  writeFileSync(join(folder, "alertmanager/smtp-password"), "secret\n");
  assert.doesNotThrow(() => requireMailPassword(project(mailing), all));
});

test("Prometheus is asked until it has read all it should", async (context) => {
  const target = (job: string, health: string, lastError = "") => ({
    labels: { job },
    scrapeUrl: `http://${job}:80/metrics`,
    health,
    lastError,
  });
  const url = await prometheusThatTells(context, [
    [],
    [target("web", "unknown")],
    [target("web", "up"), target("web", "down", "connection refused"), target("other", "down", "is not of the stack")],
    [target("web", "up"), target("web", "up"), target("other", "down", "is not of the stack")],
  ]);
  const progress = fakeProgress();
  const probes = await probeScrapes(url, ["web"], { progress, signal: new AbortController().signal });
  assert.deepEqual(
    probes.map(({ job, health }) => [job, health]),
    [
      ["web", "up"],
      ["web", "up"],
    ],
  );
  assert.deepEqual([...new Set(progress.told)], ["prometheus: has not read web yet", "prometheus: reads all it should (1)"]);
  assert.doesNotThrow(() => requireScrapesUp(probes, (service) => service));
});

test("what Prometheus cannot read when the time is over is told, each with its reason and what to do", async (context) => {
  const down = {
    labels: { job: "web" },
    scrapeUrl: "http://web:80/metrics",
    health: "down",
    lastError: "server returned HTTP status 404 Not Found",
  };
  const url = await prometheusThatTells(context, [[down]]);
  const options = { progress: fakeProgress(), signal: new AbortController().signal, patienceMs: 0 };
  const probes = await probeScrapes(url, ["web", "db"], options);
  assert.throws(() => requireScrapesUp(probes, (service) => `logs of ${service}`), {
    name: "UserError",
    message: [
      "Prometheus cannot read web at http://web:80/metrics: server returned HTTP status 404 Not Found",
      "  fix: see its log (logs of web), or correct its metrics in stack.ts (metrics of s.service; false if it has none)",
      "Prometheus finds no address of db",
      "  fix: see its log (logs of db), or correct its metrics in stack.ts (metrics of s.service; false if it has none)",
    ].join("\n"),
  });
});

/** Answers as Prometheus does, with these targets one after the other; the last ones stay. */
async function prometheusThatTells(context: TestContext, answers: readonly (readonly object[])[]): Promise<string> {
  let asked = 0;
  const server = createServer((request, response) => {
    assert.equal(request.url, "/api/v1/targets?state=active");
    response.end(JSON.stringify({ status: "success", data: { activeTargets: answers[Math.min(asked++, answers.length - 1)] } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a program of monitoring whose image cannot be had is told of and left out; an image of the stack itself must be there", async () => {
  const noted: string[] = [];
  const docker = (reachable: (image: string) => boolean) => {
    const images = parts.flatMap(({ image }) => (image === null ? [] : [image]));
    const answers = images.flatMap((image) => [
      [`docker image inspect ${image}`, reachable(image) ? {} : { code: 1 }] as const,
      [`docker pull ${image}`, { code: 1, stderr: "Error response from daemon: dial tcp: lookup registry.invalid: no such host" }] as const,
    ]);
    const progress = { ...fakeProgress(), note: (text: string) => noted.push(text) };
    return { runner: fakeRunner(Object.fromEntries(answers)), progress, signal: new AbortController().signal };
  };
  const options = { base: null, prepare: false, folder: "." };

  const offline = docker((image) => image.startsWith("postgres:"));
  const { missing } = await makeImages(parts, [], options, offline, true);
  assert.deepEqual([...missing].sort(), ["alertmanager", "db-exporter", "grafana", "node-exporter", "prometheus"]);
  assert.equal(noted.length, 5);
  assert.ok(
    noted.some((line) => /^left out: grafana: the image grafana\/grafana:\S+ cannot be pulled: its registry cannot be reached/.test(line)),
  );

  await assert.rejects(makeImages(parts, [], options, offline, false), { name: "UserError" });
  await assert.rejects(
    makeImages(
      parts,
      [],
      options,
      docker((image) => !image.startsWith("postgres:")),
      true,
    ),
    {
      name: "UserError",
      message: /^db: the image postgres:\S+ cannot be pulled/,
    },
  );
});
