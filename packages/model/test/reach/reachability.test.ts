import assert from "node:assert/strict";
import { test } from "node:test";
import { build, explainedReachability, planOf, type Reach, type RuleSet, reachability } from "@groundplan/model";
import { awkwardStack, minimalStack, singleHostStack, votingStack } from "@groundplan/testing";
import { byName } from "../by-name.js";
import { twoHosts } from "./hand-made.js";

const lineOf = ({ from, to, port }: Reach): string => `${from} > ${to} ${port}`;
const linesOf = (facts: RuleSet): readonly string[] => reachability(facts).map(lineOf);
const SAMPLES = [votingStack, awkwardStack, singleHostStack, minimalStack];

test("the voting stack's connections, each with what it follows from", () => {
  const rows = explainedReachability(planOf(votingStack())).map(
    (reach) => `${lineOf(reach)}: ${reach.causes.map(({ text }) => text).join("; ")}`,
  );
  assert.deepEqual(rows, [
    "internet > frontend 80: public service vote",
    "internet > frontend 3000: monitoring",
    "internet > frontend 5001: public service result",
    "internet > frontend 9090: monitoring",
    "operator > frontend 22: bastion",
    "operator > frontend 80: public service vote",
    "operator > frontend 3000: monitoring",
    "operator > frontend 5001: public service result",
    "operator > frontend 9090: monitoring",
    "frontend > backend 22: bastion",
    "frontend > backend 6379: link vote -> redis",
    "frontend > backend 8000: metrics of worker",
    "frontend > backend 9100: metrics of backend",
    "frontend > backend 9121: metrics of redis",
    "frontend > database 22: bastion",
    "frontend > database 5432: link result -> db",
    "frontend > database 9100: metrics of database",
    "frontend > database 9187: metrics of db",
    "frontend > internet 443: every host",
    "backend > database 5432: link worker -> db",
    "backend > internet 443: every host",
    "database > internet 443: every host",
  ]);
});

test("every connection of a valid stack follows from it, every link gets through, and all else between hosts is monitoring or the bastion", () => {
  for (const sample of SAMPLES) {
    const plan = planOf(sample());
    const reaches = explainedReachability(plan);
    for (const reach of reaches) {
      assert.ok(reach.causes.length > 0, lineOf(reach));
      assert.ok(!reach.causes.some(({ kind }) => kind === "none"), lineOf(reach));
    }
    const between = new Map(
      reaches
        .filter(({ causes }) => causes.some(({ kind }) => kind === "link"))
        .map((reach) => [lineOf(reach), reach.causes.filter(({ kind }) => kind === "link").map(({ text }) => text)]),
    );
    const wanted = plan.links.filter(({ fromHost, toHost }) => fromHost !== toHost);
    for (const { from, to, fromHost, toHost, port } of wanted) {
      assert.ok(between.get(`${fromHost} > ${toHost} ${port}`)?.includes(`link ${from} -> ${to}`), `${plan.stack}: ${from} -> ${to}`);
    }
    assert.equal([...between.values()].flat().length, new Set(wanted.map(({ from, to }) => `${from} ${to}`)).size, plan.stack);
  }
});

test("a connection that two facts want has both as its causes", () => {
  const plan = planOf(
    byName("test", (s) => {
      s.service("api", { image: build("./api"), port: 8000, metrics: "/metrics" });
      s.service("shop", { image: build("./shop"), port: 80, uses: { api: "api" } });
      s.host("edge", { subnet: "public", runs: ["shop"] });
      s.host("inner", { subnet: "private", runs: ["api"] });
      s.monitoring({ on: "edge", openTo: "203.0.113.0/24" });
    }),
  );
  const both = explainedReachability(plan).find(({ port }) => port === 8000);
  assert.deepEqual(both?.causes, [
    { kind: "link", text: "link shop -> api" },
    { kind: "scrape", text: "metrics of api" },
  ]);
});

test("behind a domain a public service is reached by HTTPS, also by hosts inside, which may send to the world on that port", () => {
  const plan = planOf(
    byName("test", (s) => {
      s.service("shop", { image: build("./shop"), port: 8000, public: true });
      s.service("job", { image: build("./job") });
      s.host("edge", { subnet: "public", runs: ["shop"] });
      s.host("inner", { subnet: "private", runs: ["job"] });
      s.aws({ domain: "shop.example.com" });
    }),
  );
  const rows = explainedReachability(plan).map((reach) => `${lineOf(reach)}: ${reach.causes.map(({ text }) => text).join("; ")}`);
  for (const row of ["internet > edge 443: public service shop", "internet > edge 80: public service shop"])
    assert.ok(rows.includes(row), row);
  assert.ok(rows.includes("inner > edge 443: every host; public service shop"), rows.join("\n"));
  assert.ok(!rows.some((row) => row.includes("8000")));
});

test("a connection that no fact wants says so, with what its rule says of itself", () => {
  const plan = planOf(votingStack());
  const odd = { ...plan, rules: [...plan.rules, ...twoHosts("database ingress 5433 from 0.0.0.0/0").rules] };
  const causes = explainedReachability(odd).find(({ port }) => port === 5433)?.causes;
  assert.deepEqual(causes, [{ kind: "none", text: "nothing in the stack (the rule says: database ingress 5433 from 0.0.0.0/0)" }]);
});

test("between hosts it takes the sender's egress and the receiver's ingress, on the same port", () => {
  const egress = "web egress 5432 to db";
  const ingress = "db ingress 5432 from web";
  assert.deepEqual(linesOf(twoHosts(egress, ingress)), ["web > db 5432"]);
  assert.deepEqual(linesOf(twoHosts(egress)), []);
  assert.deepEqual(linesOf(twoHosts(ingress)), []);
  assert.deepEqual(linesOf(twoHosts(egress, "db ingress 5433 from web")), []);
  assert.deepEqual(linesOf(twoHosts("db egress 5432 to web", ingress)), []);
});

test("the rules that let a connection through are named, the sender's first", () => {
  const facts = twoHosts("db ingress 5432 from web", "db ingress 5432 from 10.0.1.0/24", "web egress 5432 to db", "db ingress 22 from web");
  const [only, ...more] = reachability(facts);
  assert.deepEqual(more, []);
  assert.deepEqual(
    only?.because.map(({ purpose }) => purpose),
    ["web egress 5432 to db", "db ingress 5432 from web", "db ingress 5432 from 10.0.1.0/24"],
  );
});

test("what is open to the internet is open to the operator and to every range, not the other way round", () => {
  assert.deepEqual(
    linesOf(twoHosts("web ingress 80 from 0.0.0.0/0", "web ingress 22 from operator_cidr", "web ingress 3000 from 203.0.113.0/24")),
    ["internet > web 80", "operator > web 22", "operator > web 80", "203.0.113.0/24 > web 80", "203.0.113.0/24 > web 3000"],
  );
});

test("a range that lies in another is let in by the rules of both", () => {
  const lines = linesOf(twoHosts("web ingress 80 from 203.0.113.0/24", "web ingress 81 from 203.0.113.7/32"));
  assert.deepEqual(lines, ["203.0.113.0/24 > web 80", "203.0.113.7/32 > web 80", "203.0.113.7/32 > web 81"]);
});

test("a range so wide that anyone may be in it is the internet, in either version of IP", () => {
  for (const wide of ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/7", "::/0", "2000::/3"]) {
    assert.ok(linesOf(twoHosts(`web ingress 80 from ${wide}`)).includes("internet > web 80"), wide);
  }
  for (const narrow of ["8.0.0.0/8", "203.0.113.7/32", "2001:db8::/32", "10.0.0.0/16"]) {
    assert.ok(!linesOf(twoHosts(`web ingress 80 from ${narrow}`)).includes("internet > web 80"), narrow);
  }
});

test("a range inside the network means the hosts that may have an address in it, and is nobody outside", () => {
  const out = "web egress 5432 to 10.0.0.0/16";
  for (const range of ["10.0.0.0/16", "10.0.1.0/24", "10.0.1.128/25"]) {
    assert.deepEqual(linesOf(twoHosts(out, `db ingress 5432 from ${range}`)), ["web > db 5432"], range);
  }
  assert.deepEqual(linesOf(twoHosts(out, "db ingress 5432 from 10.0.3.0/24")), []);
});

test("a host reaches outside by its egress alone, and what another has open to the world when it may send to the world", () => {
  assert.deepEqual(linesOf(twoHosts("db egress 443 to 0.0.0.0/0")), ["db > internet 443"]);
  assert.deepEqual(linesOf(twoHosts("db egress 25 to 198.51.100.0/24")), ["db > 198.51.100.0/24 25"]);
  assert.ok(linesOf(twoHosts("db egress 443 to 0.0.0.0/0", "web ingress 443 from 0.0.0.0/0")).includes("db > web 443"));
});

test("who must not be reached is not: private hosts from the internet, Redis from the database, the bastion's SSH from behind it", () => {
  for (const sample of SAMPLES) {
    const plan = planOf(sample());
    const inner = plan.hosts.filter(({ subnet }) => subnet === "private").map(({ name }) => name);
    const outside = reachability(plan).filter(({ from, to }) => inner.includes(to) && !plan.hosts.some(({ name }) => name === from));
    assert.deepEqual(outside.map(lineOf), []);
  }
  const voting = linesOf(planOf(votingStack()));
  assert.ok(!voting.includes("database > backend 6379") && voting.includes("frontend > backend 6379"));
  assert.ok(!voting.includes("backend > frontend 22") && voting.includes("frontend > backend 22"));
});
