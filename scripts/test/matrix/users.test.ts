import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { installedCheckout, openFolder } from "./checkout.js";
import { findProgram, freePorts, needsRoot, startAndVote, startInVain, startTwice } from "./start.js";

/** In /etc/passwd of no machine. */
const NAMELESS = { uid: 12_345, gid: 12_345 };
const NOBODY = { uid: 65_534, gid: 65_534 };

const base = openFolder();
const above = join(base, "above");
const checkout = join(above, "groundplan");
before(() => {
  if (needsRoot !== false) return;
  mkdirSync(above);
  installedCheckout(checkout);
});

test("root, in a folder that only root may enter, below another one", { skip: needsRoot }, async (t) => {
  close(t, checkout);
  close(t, above);
  await startTwice({ folder: checkout });
});

test("root, in a checkout made with umask 077", { skip: needsRoot }, async (t) => {
  execFileSync("chmod", ["-R", "go-rwx", checkout]);
  t.after(() => execFileSync("chmod", ["-R", "go+rX", checkout]));
  await startTwice({ folder: checkout });
});

test("root, without setpriv, in a folder that others may enter", { skip: needsRoot }, async () => {
  await startAndVote({ folder: checkout, env: { PATH: programsWithoutSetpriv() } });
});

test("root, without setpriv, in a folder that only root may enter: a sentence says what to do", { skip: needsRoot }, async (t) => {
  close(t, above);
  const { output, code } = await startInVain({ folder: checkout, env: { PATH: programsWithoutSetpriv() } });
  assert.equal(code, 1);
  assert.match(output, /PostgreSQL does not run as root, and the user "\w+" may not enter .*above\b/);
  assert.match(output, /fix: .*chmod o\+x .*above, or install setpriv \(util-linux\)/);
  assert.doesNotMatch(output, /^\s+at /m);
});

test("a user whom /etc/passwd does not know", { skip: needsRoot }, async (t) => {
  own(t, NAMELESS);
  await startTwice({ folder: checkout, user: NAMELESS, env: { HOME: "/", USER: undefined, LOGNAME: undefined } });
});

test("a user whom /etc/passwd does not know, HOME unset, without npm, which ends there", { skip: needsRoot }, async (t) => {
  own(t, NAMELESS);
  const command = ["node", "scripts/run.mjs", "packages/cli/dist/main.js", "up"];
  await startAndVote({ folder: checkout, user: NAMELESS, command, env: { HOME: undefined, USER: undefined, LOGNAME: undefined } });
});

test("a user whose home does not exist", { skip: needsRoot }, async (t) => {
  own(t, NOBODY);
  await startAndVote({ folder: checkout, user: NOBODY, env: { HOME: "/nonexistent" } });
});

test("a user who may not write to HOME", { skip: needsRoot }, async (t) => {
  own(t, NOBODY);
  const home = join(base, "home");
  mkdirSync(home);
  await startAndVote({ folder: checkout, user: NOBODY, env: { HOME: home } });
});

test("a second user, after root: a sentence says what to do", { skip: needsRoot }, async () => {
  await startAndVote({ folder: checkout });
  const { output, code } = await startInVain({ folder: checkout, keepsData: true, user: NOBODY, env: { HOME: "/nonexistent" } });
  assert.equal(code, 1);
  assert.match(
    output,
    /data cannot be kept in .*\.groundplan\/voting: EACCES.*\n +fix: start as the user whose folder it is, or .* --data DIR/,
  );
  assert.doesNotMatch(output, /^\s+at /m);
  const options = ["--data", mkdtempFor(NOBODY), ...(await freePorts())];
  assert.equal((await startAndVote({ folder: checkout, keepsData: true, user: NOBODY, env: { HOME: "/nonexistent" }, options })).total, 1);
});

test("root of a user namespace, who cannot become another user: a sentence says what to do", { skip: needsRoot }, async () => {
  const { output, code } = await startInVain({ folder: checkout, inside: ["unshare", "--user", "--map-root-user"] });
  assert.equal(code, 1);
  assert.match(output, /root may not become the user "\w+" here \(\w+\)\n +fix: run groundplan as an ordinary user/);
});

/** Nobody but its owner may enter it, until the test has ended. */
function close(t: TestContext, folder: string): void {
  chmodSync(folder, 0o700);
  t.after(() => chmodSync(folder, 0o755));
}

/** The checkout is theirs, until the test has ended. */
function own(t: TestContext, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  rmSync(join(checkout, ".groundplan"), { recursive: true, force: true });
  const give = (owner: string) => execFileSync("chown", ["-R", owner, checkout]);
  give(`${uid}:${gid}`);
  t.after(() => give("0:0"));
}

function mkdtempFor({ uid, gid }: { readonly uid: number; readonly gid: number }): string {
  const folder = mkdtempSync(join(base, "data-"));
  chownSync(folder, uid, gid);
  return folder;
}

function programsWithoutSetpriv(): string {
  const folder = join(base, "programs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const program of ["node", "npm", "sh"]) symlinkSync(findProgram(program) ?? "", join(folder, program));
  return folder;
}
