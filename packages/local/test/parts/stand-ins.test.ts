import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf, stack } from "@groundplan/model";
import { standInsWithoutRedis } from "../../src/run-stack.js";

function planWith(standIn: boolean) {
  return planOf(
    stack("demo", (s) => {
      const db = s.postgres("db");
      const fast = s.redis("fast", standIn ? { standIn: db } : {});
      s.host("here", { subnet: "public", runs: [db, fast] });
    }),
  );
}

test("without a Redis server the stand-in of the stack file serves", () => {
  assert.deepEqual([...standInsWithoutRedis(planWith(true))], [["fast", "db"]]);
});

test("without a Redis server and without a stand-in the error says how to get either", () => {
  assert.throws(() => standInsWithoutRedis(planWith(false)), {
    name: "UserError",
    message:
      /^fast needs a Redis server, and this machine has none\n {2}fix: install redis-server .*, or give fast a standIn in the stack file$/,
  });
});
