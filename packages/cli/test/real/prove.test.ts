import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { test } from "node:test";
import { TERRAFORMS } from "@groundplan/testing";
import { folderWith, run, VALID_STACK } from "../helpers.js";

const INFRA = `provider "aws" {
  region = "eu-central-1"
}

variable "cidr" {
  type = string
}

resource "aws_vpc" "main" {
  cidr_block = var.cidr
}
`;

withTerraform("prove terraform proves the stack's own files, and says what nobody can prove offline", async () => {
  const { code, out, err } = await run(folderWith({ "stack.ts": VALID_STACK }), "prove", "terraform");
  assert.equal(code, 0, err);
  assert.match(out, /aws_instance\.one +i-0[0-9a-f]{16}\n/);
  assert.match(out, /\n✓ the security group rules are those of the stack: none is missing, none is added\n/);
  assert.doesNotMatch(out, /✗/);
  assert.match(out, /\nterraform: proven\n[\s\S]*\nterraform\/bootstrap: proven\n[\s\S]*Nobody can prove offline:\n/);
  assert.match(err, /plan again +\| ✓ No changes\./);
});

withTerraform("prove terraform --dir proves files written by hand; --json tells all of it, --keep leaves it there", async () => {
  const folder = folderWith({ "infra/main.tf": INFRA });
  const { code, out, err } = await run(folder, "prove", "terraform", "--dir", "infra", "--var", "cidr=10.0.0.0/16", "--json", "--keep");
  assert.equal(code, 0, err);
  const kept = /^kept in (.+)$/m.exec(err)?.[1] ?? "";
  assert.ok(existsSync(`${kept}/proof-1/main.tf`));
  rmSync(kept, { recursive: true });
  const { proven, terraform, configurations, notProven } = JSON.parse(out);
  assert.equal(proven, true);
  assert.match(terraform.version, /^\d+\.\d+/);
  const [{ folder: shown, steps, resources }] = configurations;
  assert.equal(shown, "infra");
  assert.deepEqual([steps[0].name, steps.every((step: { passed: boolean }) => step.passed)], ["init", true]);
  assert.deepEqual([resources[0].address, resources[0].values.cidr_block], ["aws_vpc.main", "10.0.0.0/16"]);
  assert.ok(notProven.length > 0);
});

withTerraform("what Terraform finds wrong is shown in its own words, and the exit code is 1", async () => {
  const folder = folderWith({ "infra/main.tf": INFRA.replace("cidr_block", "cidr_blok"), "stack.ts": VALID_STACK });
  const wrong = await run(folder, "prove", "terraform", "--dir", "infra");
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /Unsupported argument[\s\S]*Did you mean\s+"cidr_block"/);
  assert.doesNotMatch(wrong.err, /^\s+at /m);
  assert.match(wrong.out, /^infra: not proven$/m);

  const foreign = folderWith({ "infra/main.tf": INFRA.replace("var.cidr", '"10.0.0.0/16"'), "stack.ts": VALID_STACK });
  const held = await run(foreign, "prove", "terraform", "--dir", "infra", "--stack", ".", "--var", "cidr=x");
  assert.equal(held.code, 1);
  assert.match(
    held.out,
    /✗ the security group rules are those of the stack[^✓✗–]*\n {4}missing: aws_security_group\.one ingress tcp 80 from 0\.0\.0\.0\/0/,
  );
});

/** A test for each program that users may have, which they choose by a variable. */
function withTerraform(name: string, work: () => Promise<void>): void {
  for (const { name: tool, path, missing } of TERRAFORMS) {
    test(`${name} (${tool})`, async (context) => {
      if (path === null) return context.skip(missing);
      const before = process.env.GROUNDPLAN_TERRAFORM;
      process.env.GROUNDPLAN_TERRAFORM = path;
      context.after(() => {
        if (before === undefined) delete process.env.GROUNDPLAN_TERRAFORM;
        else process.env.GROUNDPLAN_TERRAFORM = before;
      });
      await work();
    });
  }
}
