// npm test: makes the checkout ready, checks format, lint, rooms and types, then runs the rings of tests.
// Arguments select test files by a part of their path: npm test -- ballots ledger
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, ready } from "./ready.mjs";

const CHECKS = [
  { name: "format, lint and rooms", args: ["node_modules/@biomejs/biome/bin/biome", "ci", "."] },
  { name: "types of the tests", args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"] },
];

/** A file is in the first ring that holds it. The whole system has the machine to itself. */
const RINGS = [
  // These wait more than they work: for Ansible's round trips, for Prometheus' windows, for health checks.
  {
    name: "whole system, two at once",
    holds: (file) => /\/test\/system\/(aws-hosts|monitoring|containers.*)\.test\.ts$/.test(file),
    atOnce: 2,
  },
  { name: "whole system", holds: (file) => file.includes("/test/system/"), atOnce: 1 },
  { name: "real services", holds: (file) => file.includes("/test/real/"), atOnce: 2 },
  { name: "values", holds: () => true, atOnce: 2 },
];

ready();
const wanted = process.argv.slice(2);
const files = ["packages", "stacks", "scripts"]
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith(".test.ts") && !/(^|\/)(node_modules|dist)\//.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();

const totals = { passed: 0, failed: 0, skipped: 0, reasons: {} };
for (const check of wanted.length === 0 ? CHECKS : []) count({ [runCheck(check)]: 1 });
for (const ring of [...RINGS].reverse()) {
  const own = files.filter((file) => RINGS.find(({ holds }) => holds(file)) === ring);
  if (own.length > 0) count(runRing(ring, own));
}
report();

function runCheck({ name, args }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  process.stdout.write(status === 0 ? `✓ ${name}\n` : `✗ ${name}\n${stdout}${stderr}\n`);
  return status === 0 ? "passed" : "failed";
}

function runRing({ name, atOnce }, own) {
  process.stdout.write(`\n${name}\n`);
  const folder = mkdtempSync(join(tmpdir(), "groundplan-tests-"));
  const summary = join(folder, "summary.json");
  const reporter = ["--test-reporter=./scripts/test-reporter.mjs", "--test-reporter-destination=stdout"];
  // The condition "source" makes the workspace's packages resolve to their TypeScript.
  const args = ["--conditions=source", "--import", "tsx", "--test", `--test-concurrency=${atOnce}`, ...reporter, ...own];
  const env = { ...process.env, TEST_SUMMARY_FILE: summary };
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"], env });
  try {
    const counts = JSON.parse(readFileSync(summary, "utf8"));
    // The runner's exit code also knows of what no test reported.
    return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    process.stdout.write(`the ring "${name}" ended without a summary: ${error.message}\n`);
    return { failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function count({ passed = 0, failed = 0, skipped = 0, reasons = {} }) {
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += skipped;
  for (const [reason, times] of Object.entries(reasons)) totals.reasons[reason] = (totals.reasons[reason] ?? 0) + times;
}

function report() {
  const reasons = Object.entries(totals.reasons).map(([reason, times]) => `  ${times} × ${reason}\n`);
  if (reasons.length > 0) process.stdout.write(`\nNot run on this machine:\n${reasons.join("")}`);
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}
