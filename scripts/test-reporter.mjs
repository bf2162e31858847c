// A reporter for node:test: a line for each file, every failure whole, and a summary for scripts/test.mjs.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { inspect } from "node:util";

export default async function* testReporter(source) {
  const summary = { passed: 0, failed: 0, skipped: 0, reasons: {} };
  const files = new Map();
  for await (const { type, data } of source) {
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type !== "test:pass" && type !== "test:fail") continue;
    const file = files.get(data.file) ?? { passed: 0, failed: 0, skipped: 0 };
    files.set(data.file, file);
    const outcome = outcomeOf(type, data);
    if (outcome === null) continue;
    file[outcome]++;
    summary[outcome]++;
    if (outcome === "skipped") {
      const reason = typeof data.skip === "string" ? data.skip : typeof data.todo === "string" ? data.todo : "no reason given";
      summary.reasons[reason] = (summary.reasons[reason] ?? 0) + 1;
    }
    if (outcome === "failed")
      yield `✗ ${relative(process.cwd(), data.file ?? "")}: ${data.name}\n${indent(explain(data.details?.error))}\n`;
  }
  for (const [file, counts] of files)
    yield `${counts.failed > 0 ? "✗" : "✓"} ${relative(process.cwd(), file ?? "")} ${countsText(counts)}\n`;
  if (process.env.TEST_SUMMARY_FILE) writeFileSync(process.env.TEST_SUMMARY_FILE, JSON.stringify(summary));
}

/** A suite is no test of its own, unless it failed for another reason than its tests: a hook. */
function outcomeOf(type, data) {
  const isSuite = data.details?.type === "suite";
  if (type === "test:fail") return isSuite && data.details?.error?.failureType === "subtestsFailed" ? null : "failed";
  if (isSuite) return null;
  return data.skip !== undefined || data.todo !== undefined ? "skipped" : "passed";
}

function explain(error) {
  return inspect(error?.cause ?? error, { depth: 6 });
}

const indent = (text) => text.replace(/^/gm, "    ");

const countsText = ({ passed, failed, skipped }) =>
  [passed && `${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean).join(", ");
