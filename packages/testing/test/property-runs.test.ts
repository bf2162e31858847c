import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { propertyRuns } from "../src/property-runs.js";

const failing = fc.property(fc.nat(), (n) => assert.ok(n < 1_000));

function failureOf(): string {
  try {
    fc.assert(failing, propertyRuns());
  } catch (error) {
    return (error as Error).message;
  }
  assert.fail("it holds");
}

test("a property that fails says the variables with which it fails again, at once and in the same case", (context) => {
  const [, seed = "", path = ""] = /FC_SEED=(-?\d+) FC_PATH=(\S+) npm test/.exec(failureOf()) ?? [];
  assert.notEqual(seed, "");
  context.after(() => {
    delete process.env.FC_SEED;
    delete process.env.FC_PATH;
  });
  Object.assign(process.env, { FC_SEED: seed, FC_PATH: path });
  const again = failureOf();
  assert.match(again, /Property failed after 1 tests/);
  assert.match(again, new RegExp(`seed: ${seed}, path: "${path}"`));
});

test("a property that holds says nothing", () =>
  fc.assert(
    fc.property(fc.nat(), () => undefined),
    propertyRuns({ numRuns: 3 }),
  ));
