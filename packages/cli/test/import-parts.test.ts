import assert from "node:assert/strict";
import { test } from "node:test";
import { readPorts } from "../src/import/draft.js";
import { hostsIn, withHosts } from "../src/import/host-names.js";
import { InterpolationError, interpolate } from "../src/import/interpolate.js";
import { looksSecret } from "../src/import/parse-compose.js";
import { mebibytes } from "../src/import/read-memory.js";
import { isSame } from "../src/import/read-service.js";

test("variables are put in by the rules of Compose", () => {
  const env = { A: "one", EMPTY: "" };
  const cases = [
    [`$A-\${A}`, "one-one"],
    [`\${B:-two}\${B-three}`, "twothree"],
    [`\${EMPTY:-two}|\${EMPTY-three}`, "two|"],
    [`\${A:+yes}\${B:+no}\${EMPTY+set}`, "yesset"],
    [`\${B:-\${A}/\${C:-x}}`, "one/x"],
    [`$$A $$\{A}`, `$A $\{A}`],
  ] as const;
  for (const [source, text] of cases) assert.equal(interpolate(source, env).text, text, source);
  assert.deepEqual(interpolate(`\${A} \${B} \${C:?why}`, env), { text: "one  ", variables: ["A", "B", "C"], unset: ["B", "C"] });
  for (const broken of [`\${A`, `\${}`, `\${A!b}`, "5 $"]) assert.throws(() => interpolate(broken, env), InterpolationError, broken);
});

test("ports are read in short and long syntax, and what is no TCP port is left", () => {
  const written = ["80", 81, "8082:82", "127.0.0.1:8083:83", "127.0.0.1::84", "[::1]:8085:85/tcp", { target: 86, published: "8086" }];
  assert.deepEqual(
    readPorts(written).published.map(({ target, published }) => `${published} ${target}`),
    ["null 80", "null 81", "8082 82", "8083 83", "null 84", "8085 85", "8086 86"],
  );
  assert.deepEqual(readPorts(["53:53/udp", "3000-3005", { target: 1, protocol: "udp" }]), {
    published: [],
    unreadable: ["53:53/udp", "3000-3005", '{"target":1,"protocol":"udp"}'],
  });
});

test("sizes are read in all units of Compose", () => {
  const sizes = ["512m", "1.5g", "2gb", "1048576", "2048k", 536870912, "64 MB"].map(mebibytes);
  assert.deepEqual(sizes, [512, 1536, 2048, 1, 2, 512, 64]);
  assert.equal(mebibytes("much"), null);
});

test("hosts are found in URLs, before ports, and alone only where the variable is one of an address", () => {
  const hosts = (name: string, text: string) => hostsIn(name, text).map(({ host, port }) => `${host} ${port}`);
  assert.deepEqual(hosts("X", "postgres://me:pw@db:5432/x"), ["db 5432"]);
  assert.deepEqual(hosts("X", "jdbc:mysql://db/x"), ["db null"]);
  assert.deepEqual(hosts("X", "a:1,b:2"), ["a 1", "b 2"]);
  assert.deepEqual(hosts("DB_HOST", "db"), ["db null"]);
  assert.deepEqual(hosts("MODE", "db"), []);
  const names = new Map([["my_db", "my-db"]]);
  assert.equal(withHosts("postgres://my_db:my_db@my_db:5432/my_db", names), "postgres://my_db:my_db@my-db:5432/my_db");
});

test("a value is the link's own whatever its password, and no other one is", () => {
  const url = "postgres://shop:\0@db:5432/shop";
  for (const same of ["postgres://shop:pw@db:5432/shop", "postgresql://shop:@db/shop"]) assert.ok(isSame(url, same), same);
  for (const other of ["postgres://shop:pw@db:5432/other", "postgres://shop:pw@db:5432/shop?ssl=1", "mysql://shop:pw@db:5432/shop"]) {
    assert.equal(isSame(url, other), false, other);
  }
  assert.ok(isSame("redis://cache:6379", "redis://cache/0"));
  assert.equal(isSame("redis://cache:6379", "redis://cache/1"), false);
});

test("secrets are told from other variables by name and value", () => {
  const entry = (name: string, text: string) => ({ name, text, line: 1, filled: null });
  for (const name of ["DB_PASSWORD", "SECRET_KEY_BASE", "API_KEY", "GITHUB_TOKEN"]) assert.ok(looksSecret(entry(name, "abc")), name);
  const others = [
    entry("TOKEN_URL", "abc"),
    entry("DB_PASSWORD_FILE", "/run/x"),
    entry("ALLOW_EMPTY_PASSWORD", "yes"),
    entry("KEYBOARD", "de"),
  ];
  for (const other of others) assert.equal(looksSecret(other), false, other.name);
});
