import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { missingProgram } from "@groundplan/testing";
import { withOfflineAws } from "../../src/index.js";
import { awsSchema } from "../../src/schema/aws-schema.js";
import { folderWith } from "./prove.js";

const SCRIPT = fileURLToPath(new URL("../../scripts/refresh-schema.mjs", import.meta.url));
const DATA = fileURLToPath(new URL("../../data/aws-schema.json", import.meta.url));

test("what Terraform reads from the provider here is, to the byte, the schema that it serves", async (context) => {
  const missing = missingProgram("terraform");
  if (missing !== null) return context.skip(missing);
  const out = join(folderWith({}), "schema.json");
  await withOfflineAws(({ env }) => refresh(env, awsSchema().version, "--out", out));
  assert.equal(readFileSync(out, "utf8"), readFileSync(DATA, "utf8"));
});

test("a type that the provider does not have is named, and nothing is written", async (context) => {
  const missing = missingProgram("terraform");
  if (missing !== null) return context.skip(missing);
  const out = join(folderWith({}), "schema.json");
  const failing = withOfflineAws(({ env }) => refresh(env, "6.45.0", "--out", out, "--add", "aws_nothing", "--add", "data.aws_none"));
  await assert.rejects(failing, { code: 1, stderr: /does not have: aws_nothing, data\.aws_none/ });
  assert.throws(() => readFileSync(out), { code: "ENOENT" });
});

async function refresh(env: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [SCRIPT, ...words], { env });
}
