// A reporter for node:test: prints every failure whole, and leaves what it counted, file by file, in TEST_SUMMARY_FILE.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { inspect } from "node:util";

/** What node:test says at the end of every file; anything else that it says is news, such as an error after the last test. */
const COUNTERS = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

export default async function* reporter(source) {
  const files = {};
  const reasons = {};
  const slow = [];
  for await (const { type, data } of source) {
    if (type === "test:diagnostic" && !COUNTERS.test(data.message)) yield `! ${data.message}\n`;
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type !== "test:pass" && type !== "test:fail") continue;
    const outcome = outcomeOf(type, data);
    if (outcome === null) continue;
    const file = relative(process.cwd(), data.file ?? process.argv[1] ?? "");
    files[file] ??= { passed: 0, failed: 0, skipped: 0, failures: [] };
    files[file][outcome]++;
    slow.push({ file, name: data.name, ms: Math.round(data.details?.duration_ms ?? 0) });
    if (outcome === "skipped") {
      const reason = typeof data.skip === "string" ? data.skip : typeof data.todo === "string" ? data.todo : "no reason given";
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
    if (outcome === "failed") {
      files[file].failures.push(data.name);
      yield `✗ ${file}: ${data.name}\n${indent(explain(data.details?.error))}\n`;
    }
  }
  if (process.env.TEST_SUMMARY_FILE) writeFileSync(process.env.TEST_SUMMARY_FILE, JSON.stringify({ files, reasons, slow }));
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
