import type { Bytes } from "./exchange.js";
import type { Finding, FuzzReport } from "./fuzz-report.js";
import { generate } from "./generate.js";
import { MAX_RISE_MB } from "./memory-rule.js";
import type { ClassTally } from "./tallies.js";

const FINDINGS_SHOWN = 20;
const MAX_BYTES_SHOWN = 1_500;

/** The report as a person reads it; the table is Markdown. */
export function renderFuzz(report: FuzzReport): string {
  const { levels, memory, openFiles } = report;
  const rows = report.classes.map(rowOf);
  return `${[
    ...report.findings.slice(0, FINDINGS_SHOWN).map((finding) => renderFinding(report.seed, finding)),
    ...(report.findings.length > FINDINGS_SHOWN
      ? [`and ${report.findings.length - FINDINGS_SHOWN} findings more (--json lists all)`, ""]
      : []),
    ...renderTable(["class", "connections", "requests", "answers", "votes", "outcome"], rows),
    "",
    `seed ${report.seed}: ${count(report.requests)} requests in ${report.seconds} s, ${report.connections} connections at a time, ${count(report.requestsWhileDown)} of them with the queue (${report.queue}) down`,
    `votes: ${count(levels.acknowledged)} acknowledged + ${count(levels.landed)} without an answer = ${count(levels.queued)} queued = ${count(levels.persisted)} counted + ${count(levels.repeated)} repeats of a key`,
    ...(levels.refusedLate === 0 ? [] : [`${count(levels.refusedLate)} votes were refused because the queue was too slow`]),
    memory === null
      ? "memory: the run was too short to tell"
      : `memory: heap ${memory.heapMb.join(" -> ")} MB (at most +${MAX_RISE_MB.heap}), resident ${memory.residentMb.join(" -> ")} MB (at most +${MAX_RISE_MB.resident}); floors of the second and last quarter`,
    `open files: ${openFiles.before} before, ${openFiles.after} after; lines of log: ${report.logLines}; slowest answer: ${report.slowestAnswerMs} ms`,
    report.passed ? "passed: every answer and every ballot is as the contract says" : `FAILED: ${report.findings.length} findings`,
  ].join("\n")}\n`;
}

export function replayCommand(seed: number, { index, queueDown }: Pick<Finding, "index" | "queueDown">): string {
  return `npm run fuzz -- --seed ${seed} --only ${index}${queueDown ? " --queue-down" : ""}`;
}

/** Bytes as a person can read them and a string literal can hold them; of very long ones the beginning. */
export function escapeBytes(bytes: Bytes): string {
  const shown = JSON.stringify(bytes.slice(0, MAX_BYTES_SHOWN)).replace(/[\x7f-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  return bytes.length > MAX_BYTES_SHOWN ? `${shown} and ${(bytes.length - MAX_BYTES_SHOWN).toLocaleString("en")} bytes more` : shown;
}

function renderFinding(seed: number, finding: Finding): string {
  const { index, name, problem } = finding;
  if (index === null) return `✗ ${name}: ${problem}\n`;
  return `✗ ${name} (exchange ${index}): ${problem}\n  ${escapeBytes(generate(seed, index).bytes)}\n  ${replayCommand(seed, finding)}\n`;
}

function rowOf({ name, connections, requests, answers, votes, unanswered, findings }: ClassTally): string[] {
  const statuses = Object.entries(answers).map(([status, times]) => `${status} × ${count(times)}`);
  if (unanswered > 0) statuses.push(`none × ${count(unanswered)}`);
  return [
    name,
    count(connections),
    count(requests),
    statuses.join(", "),
    count(votes),
    findings === 0 ? "as it should" : `${findings} findings`,
  ];
}

function renderTable(head: readonly string[], rows: readonly string[][]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(" | ")} |`;
  return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rows.map(line)];
}

const count = (value: number): string => value.toLocaleString("en");
