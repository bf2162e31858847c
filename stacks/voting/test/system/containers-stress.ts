import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tryProgram } from "@groundplan/testing";

const STRESS = fileURLToPath(new URL("../../stress/src/stress-main.ts", import.meta.url));

/** 1,000 votes, 40 at a time, as `npm run stress` casts them: every level must have every one of them. */
export async function castAndAudit(urls: { readonly vote: string; readonly result: string }): Promise<void> {
  const args = ["--conditions=source", "--import", "tsx", STRESS, "1000", "40", "--vote", urls.vote, "--result", urls.result, "--json"];
  const { stdout, stderr } = await tryProgram(process.execPath, args);
  assert.notEqual(stdout, "", stderr);
  const report = JSON.parse(stdout) as Record<string, number | boolean | readonly string[]>;
  assert.deepEqual(
    [report.accepted, report.queued, report.persisted, report.visible, report.phantom, report.exact],
    [1_000, 1_000, 1_000, 1_000, 0, true],
    JSON.stringify(report.sentences),
  );
}
