import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { touchedBy } from "../test-runner/changed.mjs";
import { runUnits } from "../test-runner/run-units.mjs";
import { ringOf, testFiles, unitsOf } from "../test-runner/units.mjs";

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
  readonly reasons: Readonly<Record<string, number>>;
  readonly output: string;
  readonly ending: string | null;
}

const REPORTER = ["--test-reporter=./scripts/test-runner/reporter.mjs", "--test-reporter-destination=stdout"];

describe("the test runner", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-runner-"));
  after(() => rmSync(folder, { recursive: true }));

  async function outcomeOf(source: string): Promise<Outcome> {
    const file = join(folder, "case.test.mjs");
    writeFileSync(file, `import { test } from "node:test";\n${source}`);
    const outcomes: Outcome[] = [];
    const unit = { name: "case", ring: "values", files: [file], command: [...REPORTER, file], cores: 1, seconds: 1 };
    await runUnits([unit], { cores: 1, onStart: () => undefined, onEnd: (_: unknown, outcome: Outcome) => outcomes.push(outcome) });
    assert.equal(outcomes.length, 1);
    return outcomes[0] as Outcome;
  }

  test("counts what passed, failed and was skipped, and says why", async () => {
    const { passed, failed, skipped, reasons, failures, output } = await outcomeOf(`
      test("good", () => undefined);
      test("bad", () => { throw new Error("the reason"); });
      test("left out", { skip: "needs a moon" }, () => undefined);`);
    assert.deepEqual({ passed, failed, skipped, reasons }, { passed: 1, failed: 1, skipped: 1, reasons: { "needs a moon": 1 } });
    assert.match(failures.join(), /case\.test\.mjs: bad$/);
    assert.match(output, /the reason/);
  });

  test("an error after the last test fails its file, with the exit code and what the process printed", async () => {
    const { failed, failures, output } = await outcomeOf(`
      test("good", () => { setTimeout(() => { throw new Error("too late to be reported"); }, 50); });`);
    assert.equal(failed, 1);
    assert.match(`${failures.join()} ${output}`, /too late to be reported/);
  });

  test("a process that ends in the middle of a test fails", async () => {
    const { failed, failures } = await outcomeOf(`
      test("good", () => undefined);
      test("never ends well", () => process.kill(process.pid, "SIGKILL"));`);
    assert.equal(failed, 1);
    assert.match(failures.join(), /ended by SIGKILL/);
  });

  test("a test that a helper defines counts for the only file that ran", async () => {
    writeFileSync(
      join(folder, "helper.mjs"),
      `import { test } from "node:test"; export const define = () => test("from a helper", () => undefined);`,
    );
    const { passed, failures } = await outcomeOf(`import { define } from "./helper.mjs"; define();`);
    assert.deepEqual({ passed, failures }, { passed: 1, failures: [] });
  });

  test("a file that runs no test fails", async () => {
    const { failed, failures } = await outcomeOf("");
    assert.equal(failed, 1);
    assert.match(failures.join(), /it ran no test/);
  });
});

test("values share a process for each package, everything else has one of its own", () => {
  const files = testFiles();
  const units = unitsOf(files);
  assert.deepEqual(units.flatMap((unit) => unit.files).sort(), files);
  const shared = units.filter((unit) => unit.files.length > 1);
  assert.ok(shared.length >= 5);
  assert.deepEqual([...new Set(shared.map((unit) => unit.ring))], ["values"]);
  for (const unit of units) assert.deepEqual([...new Set(unit.files.map(ringOf))], [unit.ring]);
});

test("a change touches the tests that import it or start it, and no others", async () => {
  const files = testFiles();
  const stress = await touchedBy(["stacks/voting/stress/src/split.ts"], files);
  assert.ok(stress.includes("stacks/voting/stress/test/words.test.ts"), "by import");
  assert.ok(stress.includes("stacks/voting/stress/test/real/commands.test.ts"), "by starting it");
  assert.deepEqual(
    stress.filter((file: string) => file.startsWith("packages/")),
    [],
  );
  assert.deepEqual(await touchedBy(["README.md"], files), []);
  assert.deepEqual(await touchedBy(["package-lock.json"], files), files);
});
