import type { TerraformProof } from "@groundplan/prove";
import { renderTable } from "../output/render-table.js";
import type { Configuration } from "./configurations.js";

const MARKS = { true: "✓", false: "✗", null: "–" } as const;

/** What was applied, resource by resource, and what holds of it. */
export function renderProof({ shown }: Configuration, { resources, checks, proven }: TerraformProof): string {
  const rows = resources.map(({ address, values }) => [address, typeof values.id === "string" ? values.id : ""]);
  const claims = checks.flatMap(({ claim, holds, contradictions }) => [
    `${MARKS[`${holds}`]} ${claim}${holds === null ? ": nothing here to hold it against" : ""}`,
    ...contradictions.map((contradiction) => `    ${contradiction}`),
  ]);
  const headline = `${shown}: ${proven ? "proven" : "not proven"}`;
  return [
    ...(rows.length === 0 ? [] : [renderTable(["resource", "id"], rows), ""]),
    ...claims,
    ...(claims.length === 0 ? [] : [""]),
    headline,
  ].join("\n");
}
