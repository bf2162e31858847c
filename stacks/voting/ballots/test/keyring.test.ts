import assert from "node:assert/strict";
import { test } from "node:test";
import { Keyring } from "../src/keyring.js";
import { orderedUuid } from "../src/uuids.js";

const keyring = new Keyring("a secret of the tests");
const id = orderedUuid();

test("a signed voter and a receipt open to the id they were made of", () => {
  assert.equal(keyring.openVoter(keyring.signVoter(id)), id);
  assert.equal(keyring.openReceipt(keyring.signReceipt(id)), id);
});

test("a seal is good for one id, one purpose and one key only", () => {
  const voterSeal = keyring.signVoter(id).slice(37);
  assert.equal(keyring.openVoter(`${orderedUuid()}.${voterSeal}`), null);
  assert.equal(keyring.openReceipt(keyring.signVoter(id)), null);
  assert.equal(keyring.openVoter(keyring.signReceipt(id)), null);
  assert.equal(new Keyring("another secret, as long").openVoter(keyring.signVoter(id)), null);
});

for (const forged of ["", "x", id, `${id}.`, `${id}.AAAA`, `${id}.${"A".repeat(22)}`, `${id.toUpperCase()}.AAAA`, "../../etc/passwd"]) {
  test(`"${forged}" is no voter and no receipt`, () => {
    assert.equal(keyring.openVoter(forged), null);
    assert.equal(keyring.openReceipt(forged), null);
  });
}

test("of several keys the first signs and all verify, so a key can be changed while cookies and receipts of the old one are about", () => {
  const old = new Keyring("an-old-key-of-the-tests");
  const between = new Keyring("a-new-key-of-the-tests, an-old-key-of-the-tests");
  assert.equal(between.openVoter(old.signVoter(id)), id);
  assert.equal(between.openReceipt(old.signReceipt(id)), id);
  assert.equal(old.openVoter(between.signVoter(id)), null);
  assert.equal(new Keyring("a-new-key-of-the-tests").openVoter(between.signVoter(id)), id);
});

test("a cookie of an older key is outdated, one of the first key is not", () => {
  const old = new Keyring("an-old-key-of-the-tests");
  const between = new Keyring("a-new-key-of-the-tests,an-old-key-of-the-tests");
  assert.equal(between.isOutdated(old.signVoter(id)), true);
  assert.equal(between.isOutdated(between.signVoter(id)), false);
  assert.equal(old.isOutdated(old.signVoter(id)), false);
});

test("a short secret is refused", () => {
  assert.throws(() => new Keyring("short"), { message: "VOTER_KEY must have at least 16 characters" });
});

test("a short key among several is refused", () => {
  for (const secret of ["a-secret-of-the-tests,", "a-secret-of-the-tests, short", ",", ",,"])
    assert.throws(() => new Keyring(secret), { message: "VOTER_KEY must have at least 16 characters in each of its keys" });
});
