import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pause, until } from "../src/pause.js";
import { watchFolders } from "../src/run-stack.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Says what hangs. */
const LIMIT_MS = 60_000;

function watched(t: TestContext, folder: string, quietMs = 0): readonly string[] {
  const seen: string[] = [];
  const stop = watchFolders({
    folders: [folder],
    quietMs,
    onChange: (path) => seen.push(path.slice(folder.length + 1)),
    onNote: (text) => assert.fail(text),
  });
  t.after(stop);
  return seen;
}

test("changes in a folder, in those below, and in those made later are seen", async (t) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "src", "deep"), { recursive: true });
  const seen = watched(t, folder);
  for (const path of ["a.js", "src/deep/b.js"]) {
    writeFileSync(join(folder, path), "");
    assert.equal(await until(() => seen.includes(path), LIMIT_MS), true, path);
  }
  mkdirSync(join(folder, "dist"));
  assert.equal(await until(() => seen.includes("dist"), LIMIT_MS), true);
  writeFileSync(join(folder, "dist", "c.js"), "");
  assert.equal(await until(() => seen.includes("dist/c.js"), LIMIT_MS), true);
});

for (const ignored of ["node_modules", ".git", ".groundplan"]) {
  test(`changes below ${ignored} are not`, async (t) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "lib", ignored), { recursive: true });
    const seen = watched(t, folder);
    // Another watcher tells when the change has reached this process.
    const witness = watch(join(folder, "lib", ignored));
    t.after(() => witness.close());
    writeFileSync(join(folder, "lib", ignored, "x.js"), "");
    await once(witness, "change");
    // Past the quiet time: a change that was seen has been told by then, and is not taken for one with the next.
    await pause(20);
    writeFileSync(join(folder, "last.js"), "");
    assert.equal(await until(() => seen.includes("last.js"), LIMIT_MS), true);
    assert.deepEqual([...new Set(seen)], ["last.js"]);
  });
}

test("changes that are close together count as one", async (t) => {
  const folder = temporaryFolder();
  const seen = watched(t, folder, 100);
  for (let index = 0; index < 20; index++) writeFileSync(join(folder, `file-${index}`), "");
  assert.equal(await until(() => seen.length > 0, LIMIT_MS), true);
  assert.deepEqual(seen, ["file-19"]);
});
