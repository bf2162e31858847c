import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { TERRAFORMS } from "@groundplan/testing";
import { type ProveOptions, proveTerraform, type TerraformProof } from "../../src/index.js";

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

export type Prove = (folder: string, options?: Partial<ProveOptions>) => Promise<TerraformProof>;

/** A test for each program that users may have. `program` stands for it on a command line. */
export function withTerraform(name: string, work: (prove: Prove, context: TestContext, program: string) => Promise<void>): void {
  for (const { name: tool, path, missing } of TERRAFORMS) {
    test(`${name} (${tool})`, async (context) => {
      if (path === null) return context.skip(missing);
      const prove: Prove = async (folder, options = {}) => {
        const workFolder = `${folder}-proof`;
        if (existsSync(workFolder)) throw new Error(`${workFolder} is there already`);
        try {
          return await proveTerraform({ folder, workFolder, terraform: [path], plan: null, ...options });
        } finally {
          rmSync(workFolder, { recursive: true, force: true });
        }
      };
      await work(prove, context, path);
    });
  }
}

/** What a failed step said, after the names of those that passed. */
export function failureOf({ steps }: TerraformProof): string {
  return steps.map(({ name, passed, says }) => (passed ? name : `${name} failed: ${says}`)).join("\n");
}
