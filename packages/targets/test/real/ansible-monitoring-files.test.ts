import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { missingProgram, type Outcome, tryProgram } from "@groundplan/testing";
import { shipped } from "../../src/aws/ansible/group-vars.js";
import { ansibleOf } from "../aws/hosts-plans.js";
import { PLANS } from "../golden.js";
import { checked, written } from "../monitoring/promtool.js";

const folder = mkdtempSync(join(tmpdir(), "groundplan-write-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const missing = missingProgram("python3");

/** As the playbook runs it on a host. */
function writeFiles(place: string, mode: "check" | "write", wanted: Readonly<Record<string, string>>): Promise<Outcome> {
  const script = 'printf %s "$1" | python3 -c "$2" "$3" "$4"';
  return tryProgram("sh", ["-c", script, "sh", JSON.stringify(wanted), shipped("files/write_files.py"), place, mode]);
}

test("a folder on a host becomes exactly what it should be: new, changed and removed files are told, and nothing when all is well", async (context) => {
  if (missing !== null) return context.skip(missing);
  const place = join(folder, "monitoring");
  const wanted = { "rules/a.yml": "a: {{ $labels.host }} ü\n", "prometheus.yml": "x: 1\n" };

  const checked = await writeFiles(place, "check", wanted);
  assert.deepEqual([checked.code, checked.stdout], [0, "write prometheus.yml\nwrite rules/a.yml\n"], checked.stderr);
  assert.throws(() => readdirSync(place), /ENOENT/);

  assert.equal((await writeFiles(place, "write", wanted)).stdout, checked.stdout);
  for (const [path, text] of Object.entries(wanted)) assert.equal(readFileSync(join(place, path), "utf8"), text);
  // The programs that read them run as users of their own.
  assert.deepEqual([statSync(place).mode & 0o777, statSync(join(place, "rules/a.yml")).mode & 0o777], [0o755, 0o644]);
  assert.equal((await writeFiles(place, "write", wanted)).stdout, "");

  mkdirSync(join(place, "old"));
  writeFileSync(join(place, "old/certificates.yml"), "stale");
  const changed = { ...wanted, "prometheus.yml": "x: 2\n" };
  const told = "write prometheus.yml\nremove old/certificates.yml\n";
  assert.equal((await writeFiles(place, "check", changed)).stdout, told);
  assert.equal(readFileSync(join(place, "prometheus.yml"), "utf8"), "x: 1\n");
  assert.equal((await writeFiles(place, "write", changed)).stdout, told);
  assert.equal(readFileSync(join(place, "prometheus.yml"), "utf8"), "x: 2\n");
  assert.deepEqual(readdirSync(join(place, "old")), []);
});

test("promtool and amtool take what is deployed, and promtool what the CloudWatch agent is to read", async (context) => {
  const files = ansibleOf(PLANS.voting ?? assert.fail()).files.filter(({ path }) => /monitoring\/|cloudwatch\//.test(path));
  const place = written(
    context,
    files.map(({ path, text }) => ({ path, text: text.replaceAll("{{ private_ip }}", "10.0.1.10") })),
  );
  const checks = [
    ["promtool", "check", "config", "monitoring/prometheus/prometheus.yml"],
    ["amtool", "check-config", "monitoring/alertmanager/alertmanager.yml"],
    ["promtool", "check", "config", "cloudwatch/frontend.scrape.yml.j2"],
  ] as const;
  for (const [program, ...args] of checks) {
    const outcome = await checked(context, program, args, join(place, "ansible"));
    if (outcome === null) return;
    assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  }
});
