import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { OLDEST_NODE } from "../../packages/cli/src/doctor/doctor.js";
import { isOlder, ROOT } from "../ready.mjs";

const folder = mkdtempSync(join(tmpdir(), "groundplan-ready-"));
after(() => rmSync(folder, { recursive: true }));
const RUN_TO_END = JSON.stringify(new URL("../run-to-end.mjs", import.meta.url).href);
const needsUnix = process.platform === "win32" ? "needs a Unix" : false;

test("a version is older by its numbers, not by its letters", () => {
  for (const version of ["20.12.0", "20.12.2", "20.20.0", "22.0.0", "100.1.0"]) assert.equal(isOlder(version, "20.12"), false, version);
  for (const version of ["20.11.1", "20.2.0", "18.20.4", "8.99.99"]) assert.equal(isOlder(version, "20.12"), true, version);
});

test("every package.json and doctor name the same oldest Node", () => {
  const { workspaces } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const parents = ["packages", "stacks", "stacks/voting"];
  const manifests = parents.flatMap((parent) => readdirSync(join(ROOT, parent)).map((name) => join(ROOT, parent, name, "package.json")));
  const found = [join(ROOT, "package.json"), ...manifests].flatMap((path) => {
    try {
      return [JSON.parse(readFileSync(path, "utf8"))];
    } catch {
      return [];
    }
  });
  assert.ok(found.length > 10 && workspaces.length > 0);
  for (const { name, engines } of found) assert.deepEqual(engines, { node: `>=${OLDEST_NODE}` }, name);
});

/** A program that runs another one as `npm start` runs npm and the compiler. */
const runner = (script: string) => [
  "--input-type=module",
  "--eval",
  `import { runToEnd } from ${RUN_TO_END};
   await runToEnd(process.execPath, ["--eval", ${JSON.stringify(script)}], { cwd: ".", problem: "it does not work" });
   process.stdout.write("after it");`,
];

test("what a program prints goes to standard error, and the next thing runs after it", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, runner("console.log('printed')"), { cwd: folder, encoding: "utf8" });
  assert.deepEqual([status, stdout, stderr], [0, "after it", "printed\n"]);
});

test("a program that fails ends the run with its last lines and a sentence", () => {
  const script = "console.error('its last line'); process.exit(3)";
  const { status, stdout, stderr } = spawnSync(process.execPath, runner(script), { cwd: folder, encoding: "utf8" });
  assert.deepEqual([status, stdout], [1, ""]);
  assert.match(stderr, /^its last line\nit does not work: .*: it ended with 3\n$/s);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`told to stop by ${signal}, it ends the program first`, { skip: needsUnix }, async () => {
    const script =
      "process.on('SIGTERM', () => { console.log('cleaned up'); process.exit() }); console.log('begun'); setInterval(() => {}, 1000)";
    const child = spawn(process.execPath, runner(script), { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (!printed.includes("begun") && text.includes("begun")) child.kill(signal);
      printed += text;
    });
    const [code] = await once(child, "close");
    assert.equal(code, signal === "SIGINT" ? 130 : 143);
    assert.equal(printed, "begun\ncleaned up\nStopped; the next start goes on from here.\n");
  });
}
