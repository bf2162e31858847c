import assert from "node:assert/strict";
import { test } from "node:test";
import { generate, INPUT_CLASSES } from "@voting/fuzz";
import { OWN_COOKIE, withCookies } from "../src/exchange.js";

const first = (seed: number, count: number) => Array.from({ length: count }, (_, index) => generate(seed, index));

test("the same seed gives the same exchanges, another seed others", () => {
  assert.deepEqual(first(7, 500), first(7, 500));
  assert.notDeepEqual(first(7, 500), first(8, 500));
});

test("an exchange is the same whether or not the ones before it were made", () => {
  assert.deepEqual(generate(7, 321), first(7, 500)[321]);
});

test("every class of input occurs within 3,000 exchanges, and no other", () => {
  const drawn = new Set(first(1, 3_000).map(({ name }) => name));
  assert.deepEqual([...drawn].sort(), INPUT_CLASSES.map(({ name }) => name).sort());
  assert.equal(drawn.size, INPUT_CLASSES.length);
});

test("bytes are bytes, and each step sends on from the one before", () => {
  for (const { name, bytes, steps } of first(3, 3_000)) {
    assert.equal(Buffer.from(bytes, "latin1").toString("latin1"), bytes, name);
    let sent = 0;
    for (const step of steps) {
      if (!("sendTo" in step)) continue;
      assert.ok(step.sendTo >= sent && step.sendTo <= bytes.length, name);
      sent = step.sendTo;
    }
  }
});

test("real cookies take the place of the stand-ins without changing a length", () => {
  const own = `${"1".repeat(36)}.${"2".repeat(22)}`;
  const victim = `${"3".repeat(36)}.${"4".repeat(22)}`;
  assert.equal(withCookies(OWN_COOKIE, own, victim), own);
  for (const { bytes } of first(5, 2_000)) {
    const real = withCookies(bytes, own, victim);
    assert.equal(real.length, bytes.length);
    assert.doesNotMatch(real, /~own-|~victim/);
  }
});
