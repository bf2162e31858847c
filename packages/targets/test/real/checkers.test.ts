import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { missingProgram, pathWithPrograms, programPath, tryProgram } from "@groundplan/testing";
import { TARGETS } from "../../src/index.js";
import { planCalled } from "../aws/terraform-plans.js";

const root = mkdtempSync(join(tmpdir(), "groundplan-checkers-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** What checkers find today, a line each. It may only get shorter. */
const LIST = new URL("known-findings.txt", import.meta.url);
const KNOWN = readFileSync(LIST, "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

/** A checker finds exactly what is in the list: what is new has to be put right, what is gone has to leave the list. */
function assertKnown(checker: string, found: readonly string[]): void {
  const known = KNOWN.filter((line) => line.startsWith(`${checker} `));
  const lines = found.map((finding) => `${checker} ${finding}`);
  assert.deepEqual(
    lines.sort(),
    known.sort(),
    "+ found and not in known-findings.txt: put it right; - in there and found no more: take it out",
  );
}

const PLAN = planCalled("voting");

/** The files of the targets as users have them, by target. */
const FOLDERS = Object.fromEntries(
  ["aws", "compose", "swarm"].map((name) => {
    const folder = join(root, name);
    const { files } = TARGETS.find((target) => target.name === name)?.render(PLAN, { stackFolder: ".." }) ?? assert.fail(name);
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return [name, folder];
  }),
) as Readonly<Record<"aws" | "compose" | "swarm", string>>;

// The inventory asks for the hosts as Terraform would tell of them.
const hosts = PLAN.hosts.map(({ name, subnet }, index) => {
  const publicAddress = subnet === "public" ? `203.0.113.${index + 1}` : null;
  return [name, { public_ip: publicAddress, private_ip: `10.0.0.${index + 1}`, instance_id: `i-${index}`, subnet, data_volume_id: null }];
});
const outputs = { hosts: { value: Object.fromEntries(hosts) }, bastion: { value: PLAN.hosts.find(({ bastion }) => bastion)?.name } };
writeFileSync(join(FOLDERS.aws, "ansible/terraform-output.json"), JSON.stringify(outputs));

interface LintFinding {
  readonly check_name: string;
  readonly location: { readonly path: string };
  readonly content?: { readonly body: string };
}

test("ansible-lint finds in the playbooks what is known, and nothing else", async (context) => {
  const lint = needed(context, "ansible-lint");
  if (lint === null) return;
  const cwd = join(FOLDERS.aws, "ansible");
  const env = { PATH: pathWithPrograms(lint), HOME: root, NO_COLOR: "1" };
  const { code, stdout, stderr } = await tryProgram(lint, ["--offline", "--nocolor", "--format", "codeclimate"], { cwd, env });
  assert.ok(code === 0 || code === 2, stderr);
  // A playbook that cannot be loaded is not looked at, which the exit code does not tell.
  assert.doesNotMatch(stderr, /ERROR|Failed to load/);
  const findings = JSON.parse(stdout) as readonly LintFinding[];
  assertKnown(
    "ansible-lint",
    findings.map(({ check_name: rule, location, content }) => `${rule} ${location.path} ${content?.body ?? ""}`.trimEnd()),
  );
});

/** Lines are as long as what they say; one file is one document. */
const YAML_STYLE = "{ extends: default, rules: { line-length: disable, document-start: disable } }";

test("yamllint finds in all generated YAML what is known, and nothing else", async (context) => {
  const lint = needed(context, "ansible-lint", "yamllint");
  if (lint === null) return;
  const { code, stdout, stderr } = await tryProgram(lint, ["--config-data", YAML_STYLE, "--format", "parsable", "."], { cwd: root });
  assert.ok(code === 0 || code === 1, stderr);
  const findings = [...stdout.matchAll(/^\.\/(\S+?):\d+:\d+: \[\w+\] (.+)$/gm)].map(([, path, what]) => `${path} ${what}`);
  assertKnown("yamllint", findings);
});

interface CheckovReport {
  readonly check_type: string;
  readonly summary: { readonly parsing_errors: number; readonly passed: number };
  readonly results: {
    readonly failed_checks: readonly { readonly check_id: string; readonly resource: string; readonly file_path: string }[];
  };
}

test("checkov finds in the Terraform files and the playbooks what is known, and nothing else", async (context) => {
  const checkov = needed(context, "checkov");
  if (checkov === null) return;
  const options = [
    "--directory",
    ".",
    "--framework",
    "terraform",
    "ansible",
    "--output",
    "json",
    "--compact",
    "--skip-download",
    "--quiet",
  ];
  const { code, stdout, stderr } = await tryProgram(checkov, options, { cwd: FOLDERS.aws, env: { HOME: root } });
  assert.ok(code === 0 || code === 1, stderr);
  const reports = JSON.parse(stdout) as readonly CheckovReport[];
  assert.deepEqual(reports.map((report) => report.check_type).sort(), ["ansible", "terraform"]);
  for (const { check_type: type, summary } of reports) assert.ok(summary.parsing_errors === 0 && summary.passed > 0, type);
  const findings = reports.flatMap(({ results }) => results.failed_checks);
  assertKnown(
    "checkov",
    findings.map(({ check_id: rule, resource, file_path: path }) => `${rule} ${path.replace(/^\//, "")} ${resource}`),
  );
});

function needed(context: TestContext, name: string, file?: string): string | null {
  const path = programPath(name, file);
  if (path === null) context.skip(missingProgram(name) ?? "");
  return path;
}
