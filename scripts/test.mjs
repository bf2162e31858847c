// npm test: makes the checkout ready, checks format, lint, rooms and types, and runs the tests. npm test -- --help says what it takes.
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { ready } from "./ready.mjs";
import { readArguments } from "./test-runner/arguments.mjs";
import { changedPaths, touchedBy } from "./test-runner/changed.mjs";
import { Report } from "./test-runner/report.mjs";
import { runUnits } from "./test-runner/run-units.mjs";
import { checkUnits, ringOf, testFiles, unitsOf } from "./test-runner/units.mjs";

const options = readArguments(process.argv.slice(2));
await ready();

const files = await chosenFiles();
if (options.list) {
  process.stdout.write(files.map((file) => `${file}\n`).join(""));
  process.exit(0);
}
if (files.length === 0) {
  process.stderr.write(
    options.changed ? "The change touches no test.\n" : `No test file's path has ${options.parts.join(" or ")} in it.\n`,
  );
  process.exit(options.changed ? 0 : 2);
}
const withChecks = options.parts.length === 0 && !options.matrix;
const units = [...(withChecks ? checkUnits() : []), ...unitsOf(files)];
const cores = options.atOnce ?? availableParallelism();
const report = new Report(units.length);
const { stopped, left } = await runUnits(units, {
  cores,
  onStart: (_unit, running) => report.running(running),
  onEnd: (unit, outcome) => report.ended(unit, outcome),
});
if (stopped) report.stopped(left);
report.finish(options.slowest);
if (options.summary !== undefined) writeFileSync(options.summary, `${JSON.stringify(report.summary(), null, 2)}\n`);
process.exitCode = report.isGood() && !stopped ? 0 : 1;

async function chosenFiles() {
  const all = testFiles().filter((file) => (ringOf(file) === "matrix") === options.matrix);
  const wanted = all.filter((file) => options.parts.length === 0 || options.parts.some((part) => file.includes(part)));
  if (options.quick) return wanted.filter((file) => ringOf(file) === "values");
  if (!options.changed) return wanted;
  try {
    return await touchedBy(changedPaths(options.base), wanted);
  } catch (error) {
    process.stderr.write(`--changed cannot tell what changed: ${error.message}\n`);
    process.exit(2);
  }
}
