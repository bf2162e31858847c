import assert from "node:assert/strict";
import { test } from "node:test";
import { isUuid } from "../src/ballot.js";
import { derivedUuid } from "../src/uuids.js";

test("a derived id is a UUID, the same for the same words and another for others", () => {
  const derived = derivedUuid("ballot", "v", "key");
  assert.ok(isUuid(derived));
  assert.equal(derivedUuid("ballot", "v", "key"), derived);
  assert.notEqual(derivedUuid("ballot", "vk", "ey"), derived);
});

test("a derived id never changes: retries may come to an older version of a service", () => {
  assert.equal(derivedUuid("voter", "9f1c3c3e-8e9d-4a51-9d1c-0d6a1f1f7a10"), "211c72cd-e426-880d-8c9f-79e7a7b08c20");
});
