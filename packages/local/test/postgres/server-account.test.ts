import assert from "node:assert/strict";
import { test } from "node:test";
import { launchAs, unprivilegedUser } from "../../src/postgres/server-account.js";

const launch = { program: "/pg/postgres", args: ["-D", "/data"], cwd: "/", env: {} };

test("the user postgres is preferred to nobody, and root is never taken", () => {
  const nobody = "nobody:x:65534:65534:nobody:/:/bin/false";
  const postgres = "postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash";
  assert.deepEqual(unprivilegedUser(`root:x:0:0::/root:/bin/sh\n${nobody}\n${postgres}\n`), { name: "postgres", uid: 101, gid: 104 });
  assert.deepEqual(unprivilegedUser(`${nobody}\n`), { name: "nobody", uid: 65534, gid: 65534 });
  assert.equal(unprivilegedUser("postgres:x:0:0::/:/bin/sh\n"), null);
});

test("an ordinary user's launch stays as it is", () => {
  assert.equal(launchAs(null, launch), launch);
});

test("an account that may enter the folders is simply switched to", () => {
  assert.deepEqual(launchAs({ name: "postgres", uid: 101, gid: 104, setpriv: null }, launch), {
    ...launch,
    account: { uid: 101, gid: 104 },
  });
});

test("an account that may not keeps, by setpriv, the right to pass closed folders", () => {
  assert.deepEqual(launchAs({ name: "postgres", uid: 101, gid: 104, setpriv: "/usr/bin/setpriv" }, launch), {
    ...launch,
    program: "/usr/bin/setpriv",
    args: [
      "--reuid=101",
      "--regid=104",
      "--clear-groups",
      "--securebits=+no_setuid_fixup",
      "--inh-caps=+dac_override",
      "--ambient-caps=+dac_override",
      "--",
      "/pg/postgres",
      "-D",
      "/data",
    ],
  });
});
