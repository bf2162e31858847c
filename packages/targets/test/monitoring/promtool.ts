import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { missingProgram, type Outcome, tryProgram } from "@groundplan/testing";
import type { GeneratedFile } from "../../src/index.js";

/** Writes the files into a folder that is gone after the test. */
export function written(context: TestContext, files: readonly GeneratedFile[]): string {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-monitoring-"));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Runs a checking program in a folder; `null`, and the test is skipped, where the machine has none. */
export async function checked(
  context: TestContext,
  program: "promtool" | "amtool",
  args: readonly string[],
  cwd: string,
): Promise<Outcome | null> {
  const missing = missingProgram(program);
  if (missing === null) return await tryProgram(program, args, { cwd, limitMs: 20_000 });
  context.skip(missing);
  return null;
}
