import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { buildOf, type Plan } from "@groundplan/model";
import { parse } from "yaml";
import { containerPlanOf } from "../../src/index.js";
import { PLANS } from "../golden.js";
import { rendered, textOf } from "../rendered.js";

const root = mkdtempSync(join(tmpdir(), "groundplan-compose-"));
after(() => rmSync(root, { recursive: true }));

const FILES = { compose: "compose.yaml", swarm: "stack.yaml" } as const;
type TargetName = keyof typeof FILES;

/** The files of a target as a user has them: in out/<target> of a stack's folder that holds what is built. */
function written(stack: string, plan: Plan, target: TargetName): string {
  const folder = join(root, stack, "out", target);
  const { files, secretFiles } = rendered(target, plan);
  const filled = secretFiles.map(({ path, parts }) => ({
    path,
    text: parts.map((part) => (part.kind === "text" ? part.text : secretOf(part.name))).join(""),
  }));
  for (const { path, text } of [...files, ...filled]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const { source } of plan.components) {
    const built = buildOf(source);
    if (built !== null) mkdirSync(join(root, stack, built.build), { recursive: true });
  }
  return folder;
}

const secretOf = (name: string): string => `value-of-${name}`;

/** What a program makes of the file; `null`: there is no such program. */
function understood(program: string, args: readonly string[], folder: string): ReturnType<typeof parse> | null {
  const { PATH, HOME } = process.env;
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { PATH, HOME } });
  if (error !== undefined) return null;
  assert.equal(status, 0, `${program} ${args.join(" ")}: ${stderr}`);
  return parse(stdout, { version: "1.1" });
}

for (const [name, plan] of Object.entries(PLANS)) {
  for (const [target, file] of Object.entries(FILES) as [TargetName, string][]) {
    test(`docker-compose takes ${file} of the ${name} stack`, (context) => {
      const config = understood("docker-compose", ["--file", file, "config"], written(name, plan, target));
      if (config === null) return context.skip("needs docker-compose");
      const { components, monitoring } = containerPlanOf(plan);
      assert.equal(Object.keys(config.services).length, components.length + monitoring.length);
    });
  }

  test(`docker stack takes stack.yaml of the ${name} stack, every line of it`, (context) => {
    const config = understood("docker", ["stack", "config", "--compose-file", "stack.yaml"], written(name, plan, "swarm"));
    if (config === null) return context.skip("needs docker");
    const wanted = parse(textOf("swarm", plan, "stack.yaml"), { merge: true });
    assert.deepEqual(Object.keys(config.services).sort(), Object.keys(wanted.services).sort());
    for (const [service, read] of Object.entries<Record<string, unknown>>(config.services)) {
      assert.deepEqual(Object.keys(read).sort(), Object.keys(wanted.services[service]).sort(), service);
    }
  });
}

test("docker-compose fills in secrets, gives dollars back, and says which secret is missing", (context) => {
  const folder = written("awkward", PLANS.awkward ?? assert.fail(), "compose");
  const config = understood("docker-compose", ["--file", "compose.yaml", "config"], folder);
  if (config === null) return context.skip("needs docker-compose");
  const { environment } = config.services.a;
  assert.equal(environment.AUDIT_LOG_URL, "postgres://app:value-of-audit-password@audit:5432/app");
  // "config" prints a file again, so a dollar is doubled in it.
  assert.equal(environment.QUOTED, `It's "quoted", with $$DOLLARS, #hash, \\backslash and {{ braces }}`);
  assert.equal(environment.LINES, "first line\nsecond line: with a colon");
  writeFileSync(join(folder, ".env"), "COMPOSE_PROJECT_NAME=test\n");
  assert.throws(() => understood("docker-compose", ["--file", "compose.yaml", "config"], folder), /write it into \.env/);
});
