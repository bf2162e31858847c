import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addressIn, contains, overlaps, parseCidr } from "../src/cloud/cidr.js";
import { exampleKey, findTerraform, isNewEnough } from "../src/prove-terraform.js";

function cidr(text: string) {
  const parsed = parseCidr(text);
  assert.ok(parsed !== null, text);
  return parsed;
}

test("a range is read, and what is none is not", () => {
  assert.deepEqual(cidr("10.0.1.0/24"), { first: 167_772_416, prefix: 24, size: 256 });
  assert.deepEqual(cidr("255.255.255.255/32").size, 1);
  for (const text of ["10.0.1.0", "10.0.1.1/24", "10.0.1.0/33", "256.0.0.0/8", "::/0", " 10.0.1.0/24"])
    assert.equal(parseCidr(text), null, text);
});

test("ranges contain each other, overlap, and have addresses", () => {
  const [vpc, low, high] = [cidr("10.0.0.0/16"), cidr("10.0.1.0/24"), cidr("10.0.1.128/25")];
  assert.deepEqual([contains(vpc, low), contains(low, vpc), contains(low, high)], [true, false, true]);
  assert.deepEqual([overlaps(low, high), overlaps(high, low), overlaps(low, cidr("10.0.2.0/24"))], [true, true, false]);
  assert.deepEqual(
    [addressIn(low, 0), addressIn(low, 255), addressIn(cidr("203.0.113.0/24"), 7)],
    ["10.0.1.0", "10.0.1.255", "203.0.113.7"],
  );
});

test("Terraform is new enough from 1.10 on", () => {
  assert.deepEqual(["0.15.5", "1.9.8", "1.10.0", "1.11.4-dev", "2.0.0"].map(isNewEnough), [false, false, true, true, true]);
});

test("GROUNDPLAN_TERRAFORM chooses the program, by name or by path, and no other is taken in its place", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-find-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const program = (name: string, version: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\necho '{"terraform_version": "${version}"}'\n`, { mode: 0o755 });
  program("terraform", "1.14.0");
  program("tofu", "1.12.6");
  const find = (chosen: string) => findTerraform({ PATH: `${folder}:/usr/bin:/bin`, GROUNDPLAN_TERRAFORM: chosen });
  assert.deepEqual(await find(""), { name: "terraform", version: "1.14.0" });
  assert.deepEqual(await find("tofu"), { name: "tofu", version: "1.12.6" });
  assert.deepEqual(await find(join(folder, "tofu")), { name: join(folder, "tofu"), version: "1.12.6" });
  const wrong = await find("tofoo");
  assert.ok("problem" in wrong);
  assert.equal(wrong.problem.message, "there is no program tofoo on this machine, which GROUNDPLAN_TERRAFORM names");
});

test("the example key is a public key of OpenSSH's form, and another one each time", () => {
  assert.match(exampleKey(), /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43} proof$/);
  assert.notEqual(exampleKey(), exampleKey());
});
