import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

const MODULE = new URL("../bin/end-with-npm.js", import.meta.url).href;

/** A stack, as far as its end goes. It ends by itself, too, so that a test that fails leaves nothing behind. */
const STACK = `
  import { endWithNpm } from ${JSON.stringify(MODULE)};
  endWithNpm();
  process.on("SIGTERM", () => { console.log("told to end"); process.exit(); });
  setTimeout(() => console.log("left running"), 10_000);
  console.log("runs");`;

test("what npm has started is told to end when the shell between them is gone", {
  skip: process.platform === "win32" ? "needs a Unix" : false,
}, async () => {
  // With something to do after it, the shell does not make way for it.
  const shell = spawn("/bin/sh", ["-c", '"$NODE" --input-type=module --eval "$STACK"; true'], {
    env: { ...process.env, NODE: process.execPath, STACK, npm_lifecycle_event: "start" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  shell.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
    if (text.includes("runs")) shell.kill("SIGTERM");
  });
  await once(shell, "close");
  assert.equal(printed, "runs\ntold to end\n");
});
