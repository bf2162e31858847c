import assert from "node:assert/strict";
import { test } from "node:test";
import { packagesFor, wanting } from "../installed.mjs";

const machine = { os: "linux", cpu: "x64" };
const lockfile = {
  packages: {
    "": { name: "root" },
    "packages/tool": { name: "tool", version: "0.1.0" },
    "node_modules/tool": { resolved: "packages/tool", link: true },
    "node_modules/pg": { version: "8.0.0", integrity: "sha512-pg" },
    "node_modules/pg/node_modules/ms": { version: "1.0.0", integrity: "sha512-ms" },
    "node_modules/tsx": { version: "4.0.0", integrity: "sha512-tsx", dev: true },
    "node_modules/server-linux": { version: "17.0.0", integrity: "sha512-l", optional: true, os: ["linux"], cpu: ["x64"] },
    "node_modules/server-darwin": { version: "17.0.0", integrity: "sha512-d", optional: true, os: ["darwin"], cpu: ["arm64"] },
    "node_modules/not-windows": { version: "1.0.0", integrity: "sha512-n", os: ["!win32"] },
    "node_modules/lint-musl": { version: "2.0.0", integrity: "sha512-m", optional: true, os: ["linux"], libc: ["musl"] },
  },
};

/** As npm writes it at the end of an installation: without the root, and without what is for other machines. */
const complete = () => {
  const { "": _, "node_modules/server-darwin": __, "node_modules/lint-musl": ___, ...packages } = lockfile.packages;
  return { packages: structuredClone(packages) as Record<string, object> };
};
const everywhere = () => true;

test("what is for this machine, whatever its C library", () => {
  assert.deepEqual(
    packagesFor(lockfile, machine).map(([folder]) => folder),
    ["tool", "pg", "pg/node_modules/ms", "tsx", "server-linux", "not-windows"].map((name) => `node_modules/${name}`),
  );
  const windows = packagesFor(lockfile, { os: "win32", cpu: "x64" }).map(([folder]) => folder);
  assert.equal(windows.includes("node_modules/not-windows"), false);
});

test("after an installation of one's own nothing is wanting", () => {
  assert.deepEqual(wanting({ lockfile, hidden: complete(), machine, exists: everywhere }), { required: [], optional: [] });
});

test("an installation that broke off has left no record: all is wanting", () => {
  const { required, optional } = wanting({ lockfile, hidden: null, machine, exists: everywhere });
  assert.equal(required.length, 5);
  assert.deepEqual(optional, ["node_modules/server-linux"]);
});

test("what another version, another content, another link or no folder stands for is wanting", () => {
  const changes: Record<string, object | undefined> = {
    "node_modules/pg": { version: "8.0.1", integrity: "sha512-pg" },
    "node_modules/tsx": { version: "4.0.0", integrity: "sha512-other" },
    "node_modules/tool": { resolved: "../elsewhere", link: true },
    "node_modules/pg/node_modules/ms": undefined,
  };
  for (const [folder, entry] of Object.entries(changes)) {
    const hidden = complete();
    if (entry === undefined) delete hidden.packages[folder];
    else hidden.packages[folder] = entry;
    assert.deepEqual(wanting({ lockfile, hidden, machine, exists: everywhere }).required, [folder]);
    const exists = (path: string) => path !== folder;
    assert.deepEqual(wanting({ lockfile, hidden: complete(), machine, exists }).required, [folder]);
  }
});

test("what was left out as optional is told apart, for it may be that it cannot be had", () => {
  const hidden = complete();
  delete hidden.packages["node_modules/server-linux"];
  assert.deepEqual(wanting({ lockfile, hidden, machine, exists: everywhere }), { required: [], optional: ["node_modules/server-linux"] });
});

test("a folder that was carried over from another machine wants that machine's packages", () => {
  const mac = { os: "darwin", cpu: "arm64" };
  assert.deepEqual(wanting({ lockfile, hidden: complete(), machine: mac, exists: everywhere }).optional, ["node_modules/server-darwin"]);
});
