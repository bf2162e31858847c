import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { initdbPrograms, withoutOwnName } from "../../src/postgres/data-folder.js";
import { temporaryFolder } from "../temporary-folder.js";

const needsShell = process.platform === "win32" ? "needs a Unix" : false;

function binariesIn(folder: string) {
  for (const name of ["bin", "lib", "share"]) mkdirSync(join(folder, name), { recursive: true });
  const [initdb, postgres] = [join(folder, "bin", "initdb"), join(folder, "bin", "postgres")];
  for (const program of [initdb, postgres]) writeFileSync(program, program);
  return { initdb, postgres };
}

test("in a folder that a shell reads as it is written, the programs are taken from there", () => {
  const binaries = binariesIn(join(temporaryFolder(), "it's 50% größer"));
  const { initdb, postgres } = initdbPrograms(binaries, null, temporaryFolder());
  assert.deepEqual({ initdb, postgres }, binaries);
});

test("in a folder that a shell would read otherwise, they are copied for as long as they are needed", { skip: needsShell }, () => {
  for (const name of ['a "quoted" one', "$HOME", "a`b", "a\\b"]) {
    const folder = join(temporaryFolder(), name);
    const binaries = binariesIn(folder);
    const copies = initdbPrograms(binaries, null, folder);
    assert.equal(dirname(dirname(dirname(copies.initdb))), tmpdir());
    for (const program of ["initdb", "postgres"] as const) {
      assert.equal(readFileSync(copies[program], "utf8"), binaries[program]);
      assert.equal(statSync(copies[program]).mode & 0o755, 0o755);
    }
    assert.equal(realpathSync(join(dirname(copies.initdb), "..", "share")), realpathSync(join(folder, "share")));
    copies.remove();
    assert.equal(existsSync(copies.initdb), false);
    assert.equal(existsSync(binaries.initdb), true);
  }
});

test("for a user without a name the import that asks for it is another one of the same length", () => {
  const program = Buffer.from("\x7fELF\0getpwuid_r\0getpwuid\0geteuid\0\xff", "latin1");
  assert.equal(withoutOwnName(program).toString("latin1"), "\x7fELF\0getpwuid_r\0getpwent\0geteuid\0\xff");
  assert.match(program.toString("latin1"), /\0getpwuid\0/, "the original stays as it is");
});

test("a program without that import is refused with what to do", () => {
  assert.throws(() => withoutOwnName(Buffer.from("\x7fELF\0")), {
    name: "UserError",
    message: /asks for the name of its user, and the user \d+ has none .*\n {2}fix: .*--user node.*\/etc\/passwd/,
  });
});
