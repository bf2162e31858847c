import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import type { Terminal } from "../src/output/terminal.js";
import { runGroundplan } from "../src/run-groundplan.js";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

/** A valid stack of one program and its database. */
export const VALID_STACK = `import { build, stack } from "groundplan";

export default stack("tiny", (s) => {
  const db = s.postgres("db");
  const web = s.service("web", { local: "node web.js", port: 80, public: true, uses: { db } });
  s.host("one", { subnet: "public", runs: [web, db] });
});
`;

/** A folder of its own for a test file, with these files, where `groundplan` is installed. Removed when the tests are done. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "groundplan-cli-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(PACKAGE, join(folder, "node_modules", "groundplan"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** Runs groundplan in this process. */
export async function run(folder: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = { out: (text) => out.push(text), err: (text) => err.push(text), color: false, width: () => null };
  const code = await runGroundplan({ words, folder, terminal });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
