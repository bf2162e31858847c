import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { findTerraform, type ProveOptions, proveTerraform, type TerraformProof } from "../../src/index.js";

/** A folder of its own with these files, removed when the tests of the file are done. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "groundplan-prove-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Proves a folder with the machine's terraform. */
export async function prove(folder: string, options: Partial<ProveOptions> = {}): Promise<TerraformProof> {
  const workFolder = `${folder}-proof`;
  if (existsSync(workFolder)) throw new Error(`${workFolder} is there already`);
  try {
    return await proveTerraform({ folder, workFolder, terraform: [await terraformName()], plan: null, ...options });
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
}

/** What a failed step said, after the names of those that passed. */
export function failureOf({ steps }: TerraformProof): string {
  return steps.map(({ name, passed, says }) => (passed ? name : `${name} failed: ${says}`)).join("\n");
}

export async function hasTerraform(): Promise<boolean> {
  return !("problem" in (await findTerraform()));
}

async function terraformName(): Promise<string> {
  const found = await findTerraform();
  if ("problem" in found) throw new Error(found.problem.message);
  return found.name;
}
