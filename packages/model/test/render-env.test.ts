import assert from "node:assert/strict";
import { test } from "node:test";
import { votingStack } from "@groundplan/testing";
import { build, planOf, renderEnv } from "../src/index.js";
import { byName } from "./by-name.js";

const naming = {
  host: (of: string) => `${of}.internal`,
  port: (of: string) => (of === "db" ? 15_432 : 1),
  secret: (name: string) => `<${name}>`,
  page: (of: string) => `https://${of}.example.com`,
};

test("a target fills in hosts, ports and secrets in its own way", () => {
  const result = planOf(votingStack()).components.find(({ name }) => name === "result");
  assert.deepEqual(renderEnv(result?.env ?? {}, naming), {
    DB_HOST: "db.internal",
    DB_NAME: "app",
    DB_PASSWORD: "<db-password>",
    DB_PORT: "15432",
    DB_URL: "postgres://app:<db-password>@db.internal:15432/app",
    DB_USER: "app",
    OPTION_A: "Cats",
    OPTION_B: "Dogs",
    PORT: "1",
    VOTER_KEY: "<voter-key>",
    VOTE_PAGE: "https://vote.example.com",
  });
});

test("each kind of component has its own scheme", () => {
  const plan = planOf(
    byName("test", (s) => {
      s.redis("cache");
      s.postgres("db", { database: "shop_db", user: "owner" });
      s.service("api", { image: build("./api"), port: 8000 });
      s.service("shop", { image: build("./shop"), uses: { cache: "cache", api: "api", store: "db" } });
      s.host("main", { subnet: "public", runs: ["cache", "db", "api", "shop"] });
    }),
  );
  const env = renderEnv(plan.components.at(-1)?.env ?? {}, naming);
  assert.equal(env.CACHE_URL, "redis://cache.internal:1");
  assert.equal(env.API_URL, "http://api.internal:1");
  assert.equal(env.STORE_URL, "postgres://owner:<db-password>@db.internal:15432/shop_db");
});

test("text of the author stays as it is, empty text too", () => {
  const env = renderEnv({ EMPTY: [{ kind: "text", text: "" }], NONE: [], ODD: [{ kind: "text", text: "a $B\n{{c}}" }] }, naming);
  assert.deepEqual(env, { EMPTY: "", NONE: "", ODD: "a $B\n{{c}}" });
});
