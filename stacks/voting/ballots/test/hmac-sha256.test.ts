import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";
import { HmacSha256 } from "../src/keyring.js";

test("digests are those of Node's HMAC, for keys and texts of all lengths, in any order", () => {
  for (const keyLength of [1, 16, 43, 63, 64, 65, 200]) {
    const key = randomBytes(keyLength);
    const hmac = new HmacSha256(key);
    for (const length of [256, 0, 1, 41, 42, 55, 56, 63, 64, 65, 119, 120, 3]) {
      const text = randomBytes(length).toString("hex").slice(0, length);
      assert.equal(hmac.digest(text), createHmac("sha256", key).update(text).digest("base64url"), `key ${keyLength}, text ${length}`);
    }
  }
});

test("a text that is too long is refused, not cut", () => {
  assert.throws(() => new HmacSha256(randomBytes(32)).digest("a".repeat(257)), RangeError);
});
