import { type ChaosReport, isExact, phantomVotes } from "./chaos-report.js";
import { faultClasses } from "./render-report.js";

/** All of it, with what follows from it, as one line. */
export function renderJson(report: ChaosReport): string {
  return `${JSON.stringify({ exact: isExact(report), phantomVotes: phantomVotes(report), classes: faultClasses(report.faults), ...report })}\n`;
}
