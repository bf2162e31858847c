import assert from "node:assert/strict";
import { test } from "node:test";
import { renderEnv } from "@groundplan/model";
import { isPinned } from "../../src/containers/settings.js";
import { hostReach, monitoringContainers, renderMonitoring } from "../../src/index.js";
import { PLANS } from "../golden.js";
import { MONITORED, VOTING } from "./monitored.js";

const all = Object.values(MONITORED).map((plan) => ({ plan, containers: monitoringContainers(plan) }));

test("the voting stack's monitoring is these containers on these hosts", () => {
  assert.deepEqual(
    monitoringContainers(VOTING).map(({ host, name, port }) => `${host} ${name} ${port}`),
    [
      "frontend prometheus 9090",
      "frontend alertmanager 9093",
      "frontend grafana 3000",
      "frontend node-exporter 9100",
      "backend node-exporter 9100",
      "database node-exporter 9100",
      "database db-exporter 9187",
      "backend redis-exporter 9121",
    ],
  );
  assert.deepEqual(monitoringContainers(PLANS.minimal ?? assert.fail()), []);
});

test("every scrape target with an exporter is a container at that host and port", () => {
  for (const { plan, containers } of all) {
    for (const { exporter, host, port } of plan.scrapes.filter((scrape) => scrape.exporter !== null)) {
      assert.equal(
        containers.filter((container) => container.host === host && container.port === port).length,
        1,
        `${exporter} on ${host}`,
      );
    }
  }
});

test("no two containers of a host have one name or port, and none has that of a component there", () => {
  for (const { plan, containers } of all) {
    for (const { name: host } of plan.hosts) {
      const here = [...containers, ...plan.components].filter((each) => each.host === host);
      assert.equal(new Set(here.map(({ name }) => name)).size, here.length, host);
      const ports = here.flatMap(({ port }) => (port === null ? [] : [port]));
      assert.equal(new Set(ports).size, ports.length, host);
    }
  }
});

test("images name one version, and every folder they read is among the files", () => {
  for (const { plan, containers } of all) {
    const paths = renderMonitoring(plan, hostReach(plan)).map(({ path }) => path);
    for (const { name, image, volumes } of containers) {
      assert.ok(isPinned(image.reference), image.reference);
      for (const { kind, source, readOnly } of volumes) {
        if (kind === "files") assert.ok(readOnly && paths.some((path) => path.startsWith(`${source}/`)), `${name} ${source}`);
      }
    }
    const read = containers.flatMap(({ volumes }) => volumes.filter(({ kind }) => kind === "files").map(({ source }) => `${source}/`));
    assert.deepEqual(
      paths.filter((path) => !read.some((folder) => path.startsWith(folder))),
      [],
    );
  }
});

test("exporters find their database by the plan's name and port, with the password apart from the address", () => {
  const containers = monitoringContainers(MONITORED.awkward);
  const envOf = (name: string) =>
    renderEnv(containers.find((container) => container.name === name)?.env ?? assert.fail(name), {
      host: (of) => `<${of}>`,
      port: (of) => MONITORED.awkward.components.find((component) => component.name === of)?.port ?? 0,
      secret: (secret) => `(${secret})`,
      page: () => assert.fail(),
    });
  assert.deepEqual(envOf("second-redis-exporter"), { REDIS_ADDR: "redis://<second-redis>:6380" });
  assert.deepEqual(envOf("primary-exporter"), {
    DATA_SOURCE_PASS: "(primary-password)",
    DATA_SOURCE_URI: "<primary>:5433/main_db?sslmode=disable",
    DATA_SOURCE_USER: "owner",
  });
});

test("nobody can sign in to Grafana, and everybody may look", () => {
  const grafana = monitoringContainers(VOTING).find(({ name }) => name === "grafana");
  const textOf = (variable: string) => grafana?.env[variable]?.map((part) => (part.kind === "text" ? part.text : "")).join("");
  assert.equal(textOf("GF_AUTH_ANONYMOUS_ORG_ROLE"), "Viewer");
  assert.equal(textOf("GF_AUTH_DISABLE_LOGIN_FORM"), "true");
  assert.equal(textOf("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"), "true");
});
