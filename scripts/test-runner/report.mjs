// What npm test prints: a line for each process as it ends, what failed, what was not run, and the totals.

const RINGS = ["checks", "values", "real services", "whole system", "matrix"];

export class Report {
  #left;
  #ended = [];
  #startedMs = performance.now();
  #isTerminal = process.stdout.isTTY === true;

  constructor(units) {
    this.#left = units;
  }

  /** On a terminal: which processes run at the moment, in a line that the next output writes over. */
  running(units) {
    if (!this.#isTerminal) return;
    const names = units.map(({ files, name }) => (files.length === 1 ? name.split("/").pop().replace(".test.ts", "") : name.split(":")[0]));
    const line = `${this.#left} to go · ${clock(this.#seconds())} · ${names.join(", ")}`;
    process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  }

  ended(unit, outcome) {
    this.#left--;
    this.#ended.push({ unit, ...outcome });
    const isGood = outcome.failed === 0;
    const took = `${outcome.seconds.toFixed(1)} s`;
    const counts = unit.ring === "checks" ? "" : ` ${countsText(outcome)},`;
    this.#write(`${isGood ? "✓" : "✗"} ${unit.name}${counts} ${took}${outcome.ending === null ? "" : ` (${outcome.ending})`}\n`);
    // What a passing check prints is noise; what a passing test prints may be a diagnostic.
    const output = unit.ring === "checks" && isGood ? "" : outcome.output.trim();
    if (output !== "") this.#write(`${output}\n`);
  }

  stopped(left) {
    this.#write(`\nStopped: ${left.length} of ${left.length + this.#ended.length} processes were not started.\n`);
  }

  finish(slowest) {
    if (slowest > 0) this.#slowest(slowest);
    const reasons = new Map();
    for (const { reasons: own } of this.#ended)
      for (const [reason, times] of Object.entries(own)) reasons.set(reason, (reasons.get(reason) ?? 0) + times);
    if (reasons.size > 0)
      this.#write(`\nNot run on this machine:\n${[...reasons].map(([reason, times]) => `  ${times} × ${reason}\n`).join("")}`);
    const failures = this.#ended.flatMap(({ failures: own, unit }) =>
      own.map((name) => (unit.ring === "checks" ? `${unit.name}: ${name}` : name)),
    );
    if (failures.length > 0) this.#write(`\nFailed:\n${failures.map((name) => `  ${name}\n`).join("")}`);
    const { passed, failed, skipped } = this.#totals();
    this.#write(`\nIn ${clock(this.#seconds())}.\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }

  isGood() {
    const { passed, failed } = this.#totals();
    return failed === 0 && passed > 0;
  }

  summary() {
    const processes = this.#ended.map(({ unit, output: _, slow: __, ...outcome }) => ({ name: unit.name, ring: unit.ring, ...outcome }));
    return { ...this.#totals(), seconds: this.#seconds(), processes };
  }

  #slowest(count) {
    const rows = [...this.#ended].sort((a, b) => b.seconds - a.seconds).slice(0, count);
    this.#write("\nThe slowest processes: seconds, of which CPU (without containers and servers)\n");
    for (const { unit, seconds, cpuSeconds } of rows) this.#write(`${number(seconds)} ${number(cpuSeconds)}  ${unit.name}\n`);
    this.#write("\nThe slowest tests: seconds\n");
    const tests = this.#ended.flatMap(({ slow }) => slow).sort((a, b) => b.ms - a.ms);
    for (const { ms, name, file } of tests.slice(0, count)) this.#write(`${number(ms / 1000)}  ${file}: ${name}\n`);
    this.#write("\nBy ring: processes, seconds of all of them, of which CPU\n");
    for (const ring of RINGS) {
      const own = this.#ended.filter(({ unit }) => unit.ring === ring);
      if (own.length === 0) continue;
      const sum = (key) => own.reduce((total, one) => total + (Number.isNaN(one[key]) ? 0 : one[key]), 0);
      this.#write(`${String(own.length).padStart(7)} ${number(sum("seconds"))} ${number(sum("cpuSeconds"))}  ${ring}\n`);
    }
  }

  #totals() {
    const sum = (key) => this.#ended.reduce((total, one) => total + one[key], 0);
    return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
  }

  #seconds() {
    return (performance.now() - this.#startedMs) / 1000;
  }

  #write(text) {
    process.stdout.write(this.#isTerminal ? `\r\x1b[2K${text}` : text);
  }
}

const number = (value) => value.toFixed(1).padStart(8);

const clock = (seconds) => `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

const countsText = ({ passed, failed, skipped }) =>
  [passed && `${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean).join(", ") || "nothing ran";
