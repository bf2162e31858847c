import assert from "node:assert/strict";
import { test } from "node:test";
import { inheritedEnv } from "../../src/processes/inherited-env.js";

test("a part inherits where things are, the language and Node's settings, and nothing of the user's own", () => {
  const env = {
    PATH: "/bin",
    HOME: "/home/ann",
    LANG: "C",
    LC_ALL: "C",
    TMPDIR: "/tmp",
    NODE_OPTIONS: "--x",
    AWS_SECRET_ACCESS_KEY: "s",
    PORT: "1",
    DB_URL: "u",
  };
  assert.deepEqual(Object.keys(inheritedEnv(env)), ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "NODE_OPTIONS"]);
});
