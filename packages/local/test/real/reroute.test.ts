import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { askWeb, runTrial, small } from "./demo.js";

test("a rerouted link is told the other port, and the part that listens keeps its own", async (t) => {
  const asked: [from: string, to: string, port: number][] = [];
  const { ports, run } = await runTrial(t, small, {
    stateFolder: join(temporaryFolder(), "state"),
    reroute: async ({ from, to }, port) => {
      asked.push([from, to, port]);
      return 54_321;
    },
  });
  assert.deepEqual(asked, [["web", "db", ports.db]]);
  const { env } = await askWeb(ports.web ?? 0);
  assert.equal(env.DB_PORT, "54321");
  assert.match(env.DB_URL ?? "", /@127\.0\.0\.1:54321\/app$/);
  assert.equal(env.PORT, String(ports.web));
  assert.equal(run.states().find(({ name }) => name === "db")?.status, "healthy");
});
