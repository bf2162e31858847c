// Runs units side by side, as many as the machine has cores for, the longest first.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../ready.mjs";

/** A file that takes longer than this hangs: the longest takes a good seven minutes on two cores. */
const LIMIT_MS = 30 * 60_000;
/** After SIGTERM, for what a test has started to be ended. */
const GRACE_MS = 20_000;
const CPU_TICKS_PER_SECOND = 100;

/**
 * Calls `onEnd` with each unit and its outcome as it ends: { passed, failed, skipped, failures, reasons, slow, output, seconds, cpuSeconds }.
 * The longest that still fits into the free cores starts first, whatever its ring.
 */
export async function runUnits(units, { cores, onStart, onEnd }) {
  const waiting = [...units].sort((a, b) => b.seconds - a.seconds || a.name.localeCompare(b.name));
  const running = new Set();
  const cpu = cpuMeter();
  let stopped = false;
  const taken = () => [...running].reduce((sum, { unit }) => sum + unit.cores, 0);
  const stop = () => {
    stopped = true;
    for (const { child } of running) child.kill("SIGTERM");
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", () => {
    stopped = true;
  });
  await new Promise((resolve) => {
    const next = () => {
      while (!stopped && waiting.length > 0) {
        const room = cores - taken();
        const index = waiting.findIndex((unit) => unit.cores <= room || running.size === 0);
        if (index < 0) break;
        const [unit] = waiting.splice(index, 1);
        const entry = start(unit, cpu, (outcome) => {
          running.delete(entry);
          onEnd(unit, outcome);
          next();
        });
        running.add(entry);
        onStart(
          unit,
          [...running].map((one) => one.unit),
        );
      }
      if (running.size === 0) resolve();
    };
    next();
  });
  return { stopped, left: waiting };
}

function start(unit, cpu, onEnd) {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-tests-"));
  const summary = join(folder, "summary.json");
  const startedMs = performance.now();
  const child = spawn(process.execPath, unit.command, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TEST_SUMMARY_FILE: summary },
  });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
  let hung = false;
  let kill;
  const limit = setTimeout(() => {
    hung = true;
    child.kill("SIGTERM");
    kill = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  }, LIMIT_MS);
  // Something that a test left running may hold the pipes open: the exit counts, and what was printed until a moment after it.
  child.once("error", (error) => chunks.push(Buffer.from(error.message)));
  child.once("exit", (code, signal) => {
    const cpuSeconds = cpu.sinceLast();
    clearTimeout(limit);
    clearTimeout(kill);
    const end = () => {
      clearTimeout(closed);
      child.stdout.destroy();
      child.stderr.destroy();
      const seconds = (performance.now() - startedMs) / 1000;
      const ending = hung ? `it hung: ended after ${LIMIT_MS / 60_000} minutes` : endingOf(code, signal);
      const outcome = judge(unit, readSummary(summary), ending);
      rmSync(folder, { recursive: true, force: true });
      onEnd({ ...outcome, output: Buffer.concat(chunks).toString("utf8"), seconds, cpuSeconds });
    };
    const closed = setTimeout(end, 2_000);
    child.once("close", end);
  });
  return { unit, child };
}

const endingOf = (code, signal) => (signal !== null ? `ended by ${signal}` : code === 0 ? null : `ended with ${code}`);

function readSummary(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** The exit code also knows of what no test reported: an error after the last test, a file that is cut off. */
function judge(unit, summary, ending) {
  if (unit.ring === "checks") {
    return {
      passed: ending === null ? 1 : 0,
      failed: ending === null ? 0 : 1,
      skipped: 0,
      failures: ending === null ? [] : [ending],
      reasons: {},
      slow: [],
      ending,
    };
  }
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [], reasons: summary?.reasons ?? {}, slow: summary?.slow ?? [], ending };
  for (const [file, { passed, failed, skipped, failures }] of Object.entries(summary?.files ?? {})) {
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
    counts.failures.push(...failures.map((name) => `${file}: ${name}`));
  }
  // A test belongs to the file that has its call of test(), which may be a helper of the only file that ran.
  const hasTests = (file) =>
    summary?.files[file] !== undefined || (unit.files.length === 1 && Object.keys(summary?.files ?? {}).length > 0);
  const silent = unit.files.filter((file) => !hasTests(file));
  if (counts.failed === 0 && ending !== null) {
    counts.failed = 1;
    counts.failures.push(`${unit.name}: ${ending}, though no test reported a failure`);
  } else if (counts.failed === 0 && silent.length > 0) {
    counts.failed = silent.length;
    counts.failures.push(...silent.map((file) => `${file}: it ran no test`));
  }
  return counts;
}

/** The CPU time of ended children, which Linux adds up when it hands over their exit; of containers and servers that let go it knows nothing. */
function cpuMeter() {
  const read = () => {
    try {
      const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
      return (Number(fields[13]) + Number(fields[14])) / CPU_TICKS_PER_SECOND;
    } catch {
      return Number.NaN;
    }
  };
  let last = read();
  return {
    sinceLast() {
      const now = read();
      const since = now - last;
      last = now;
      return since;
    },
  };
}
