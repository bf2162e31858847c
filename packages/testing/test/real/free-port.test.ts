import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { freePort } from "../../src/free-port.js";

test("a port is given once, to one process, and never one that somebody listens on", async (t) => {
  const mine = [await freePort(), await freePort()];
  const taken = createServer().listen((mine.at(-1) ?? 0) + 1);
  t.after(() => taken.close());
  await once(taken, "listening");
  mine.push(await freePort());

  const script = `import { freePort } from "@groundplan/testing"; console.log(await freePort(), await freePort());`;
  // The other process begins to look where this one began.
  const theirs = execFileSync(
    process.execPath,
    [
      "--conditions=source",
      "--import",
      "tsx",
      "--input-type=module",
      "-e",
      `
    Object.defineProperty(process, "pid", { value: ${process.pid} });
    ${script}`,
    ],
    { cwd: new URL("../..", import.meta.url), encoding: "utf8" },
  );
  const all = [...mine, ...theirs.trim().split(" ").map(Number)];
  assert.equal(new Set(all).size, 5);
  assert.ok(!all.includes((mine[1] ?? 0) + 1), "the port that somebody listens on was given");
  assert.ok(
    all.every((port) => port >= 10_000 && port < 20_000),
    String(all),
  );
});
