import assert from "node:assert/strict";
import { test } from "node:test";
import { build, diffReach, type ExplainedReach, planOf, stack } from "@groundplan/model";
import { awkwardStack, votingStack } from "@groundplan/testing";

interface Shop {
  readonly openTo?: string;
  readonly isPublic?: boolean;
  readonly usesDb?: boolean;
  readonly adminUsesDb?: boolean;
}

const shop = ({ openTo = "203.0.113.0/24", isPublic = true, usesDb = true, adminUsesDb = false }: Shop = {}) =>
  planOf(
    stack("shop", (s) => {
      const db = s.postgres("db");
      const web = s.service("web", { image: build("./web"), port: 8000, public: isPublic, uses: usesDb ? { db } : {} });
      const admin = s.service("admin", { image: build("./admin"), port: 8001, uses: adminUsesDb ? { db } : {} });
      const edge = s.host("edge", { subnet: "public", runs: [web, admin] });
      s.host("inner", { subnet: "private", runs: [db] });
      s.monitoring({ on: edge, openTo });
    }),
  );

const linesOf = (reaches: readonly ExplainedReach[]): readonly string[] =>
  reaches.map(({ from, to, port, causes }) => `${from} > ${to} ${port}: ${causes.map(({ text }) => text).join("; ")}`);

test("two versions that are the same differ in nothing", () => {
  for (const sample of [votingStack, awkwardStack]) {
    assert.deepEqual(diffReach(planOf(sample()), planOf(sample())), { opens: [], closes: [], stays: [] });
  }
});

test("a link that is new opens its connection, one that is gone closes it", () => {
  const opens = diffReach(shop({ usesDb: false }), shop());
  assert.deepEqual([linesOf(opens.opens), opens.closes, opens.stays], [["edge > inner 5432: link web -> db"], [], []]);
  const closes = diffReach(shop(), shop({ usesDb: false }));
  assert.deepEqual([closes.opens, linesOf(closes.closes), closes.stays], [[], ["edge > inner 5432: link web -> db"], []]);
});

test("what is made public opens to everyone outside", () => {
  const { opens, closes } = diffReach(shop({ isPublic: false }), shop());
  assert.deepEqual(linesOf(opens), [
    "internet > edge 8000: public service web",
    "operator > edge 8000: public service web",
    "203.0.113.0/24 > edge 8000: public service web",
  ]);
  assert.deepEqual(closes, []);
});

test("a link that goes while another needs the same rule closes nothing, and is told", () => {
  const { opens, closes, stays } = diffReach(shop({ adminUsesDb: true }), shop());
  assert.deepEqual([opens, closes], [[], []]);
  assert.deepEqual(linesOf(stays), ["edge > inner 5432: link web -> db"]);
  assert.deepEqual(
    stays.map(({ causesBefore }) => causesBefore.map(({ text }) => text)),
    [["link web -> db", "link admin -> db"]],
  );
});

test("monitoring that is opened to the world opens Grafana and Prometheus to it", () => {
  const { opens } = diffReach(shop(), shop({ openTo: "0.0.0.0/0" }));
  assert.deepEqual(
    linesOf(opens).filter((line) => line.startsWith("internet")),
    ["internet > edge 3000: monitoring", "internet > edge 9090: monitoring"],
  );
});
