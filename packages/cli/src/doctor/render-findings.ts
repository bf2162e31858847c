import { renderTable } from "../output/render-table.js";
import type { Finding } from "./examine.js";

/** What is here as a table; below it what is not, with what to do. */
export function renderFindings(findings: readonly Finding[]): string {
  const table = renderTable(
    ["program", "status", "version", "needed for"],
    findings.map((finding) => [finding.name, finding.status, finding.version ?? "", finding.neededFor]),
  );
  const wanting = findings.filter((finding) => finding.status !== "found");
  const advice = wanting.map((finding) => {
    const detail = finding.detail === null ? "" : `${finding.detail}; `;
    return `${finding.name} is ${finding.status}${finding.required ? " and required" : ""}: ${detail}${finding.get}`;
  });
  const missing = wanting.filter((finding) => finding.required).map((finding) => finding.name);
  const verdict =
    missing.length === 0 ? "groundplan up has all that it needs" : `groundplan up does not work without ${missing.join(", ")}`;
  return [table, "", ...advice, ...(advice.length === 0 ? [] : [""]), verdict].join("\n");
}
