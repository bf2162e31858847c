import assert from "node:assert/strict";
import { test } from "node:test";
import { build, planOf, stack } from "@groundplan/model";
import { rerouteLinks } from "../../src/ports/reroute-links.js";

const plan = planOf(
  stack("rerouted", (s) => {
    const db = s.postgres("db");
    const api = s.service("api", { image: build("./api"), port: 80, uses: { db, archive: db } });
    const page = s.service("page", { image: build("./page"), port: 81, public: true, uses: { api, db } });
    s.host("main", { subnet: "public", runs: [db, api, page] });
  }),
);
const ports = { db: 100, api: 200, page: 300 };

test("a link is led to the port that is given for it, once however many aliases it has, and for its own client only", async () => {
  const asked: string[] = [];
  const portsFor = await rerouteLinks(plan, ports, async ({ from, to }, port) => {
    asked.push(`${from} ${to} ${port}`);
    return from === "api" ? port + 1 : port;
  });
  assert.deepEqual(asked.sort(), ["api db 100", "page api 200", "page db 100"]);
  assert.deepEqual(portsFor("api"), { db: 101, api: 200, page: 300 });
  assert.deepEqual(portsFor("page"), ports);
});

test("without it every part finds the others at the ports that they listen on", async () => {
  const portsFor = await rerouteLinks(plan, ports);
  assert.deepEqual([portsFor("api"), portsFor("page")], [ports, ports]);
});
