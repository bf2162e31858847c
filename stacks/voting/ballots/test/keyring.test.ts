import assert from "node:assert/strict";
import { test } from "node:test";
import { isUuid } from "../src/ballot.js";
import { Keyring } from "../src/keyring.js";
import { orderedUuid } from "../src/ordered-uuid.js";

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

test("a derived id is a UUID, the same for the same words and another for others", () => {
  const derived = keyring.deriveId("ballot", "v", "key");
  assert.ok(isUuid(derived));
  assert.equal(keyring.deriveId("ballot", "v", "key"), derived);
  assert.notEqual(keyring.deriveId("ballot", "vk", "ey"), derived);
});

test("a short secret is refused", () => {
  assert.throws(() => new Keyring("short"), { message: "VOTER_KEY must have at least 16 characters" });
});
