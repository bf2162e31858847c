import assert from "node:assert/strict";
import { chmodSync, chownSync, lchownSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { serverAccount } from "../../src/postgres/server-account.js";
import { temporaryFolder } from "../temporary-folder.js";
import { needsRoot, query, runTrial, small, stateOf } from "./demo.js";

/** Numbers of the user that a process runs as, from /proc. */
const userOf = (pid: number | null) => Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

test("started by root, PostgreSQL runs as an ordinary user, in a folder that this user may enter", { skip: needsRoot }, async (t) => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const account = serverAccount([folder]);
  assert.equal(account?.setpriv, null);
  const { run, ports } = await runTrial(t, small, { stateFolder: join(folder, "state") });
  assert.equal(userOf(stateOf(run, "db").pid), account.uid);
  assert.deepEqual(await query(join(folder, "state"), ports.db ?? 0, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"), [
    { rolsuper: false },
  ]);
});

test("started by root below a folder that only root may enter, PostgreSQL still runs as an ordinary user", {
  skip: needsRoot,
}, async (t) => {
  const folder = temporaryFolder();
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const account = serverAccount([folder]);
  assert.match(account?.setpriv ?? "", /setpriv$/);
  const stateFolder = join(folder, "state");
  const first = await runTrial(t, small, { stateFolder });
  assert.equal(userOf(stateOf(first.run, "db").pid), account?.uid);
  await query(stateFolder, first.ports.db ?? 0, "CREATE TABLE votes AS SELECT 42 AS count");
  await first.run.shutDown();

  // As if the stack had been started by another user before.
  const data = join(stateFolder, "data", "db");
  chownSync(data, 0, 0);
  for (const name of readdirSync(data)) lchownSync(join(data, name), 0, 0);
  const second = await runTrial(t, small, { stateFolder });
  assert.deepEqual(await query(stateFolder, second.ports.db ?? 0, "SELECT count FROM votes"), [{ count: 42 }]);
});
