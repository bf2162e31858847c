import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { runGroundplan } from "../src/groundplan.js";
import type { Terminal } from "../src/output/terminal.js";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

/** A valid stack of one program and its database. */
export const VALID_STACK = `import { build, stack } from "groundplan";

export default stack("tiny", (s) => {
  const db = s.postgres("db");
  const web = s.service("web", { local: "node web.js", port: 80, public: true, uses: { db } });
  s.host("one", { subnet: "public", runs: [web, db] });
});
`;

/**
 * `groundplan` as stack files import it, in one file: each stack that is loaded runs the package anew, and from its forty source files
 * that takes eight times as long. Its types are the package's own.
 */
const INSTALLED = ((): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "groundplan-installed-")));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const entry = join(PACKAGE, "src", "index.ts");
  buildSync({
    entryPoints: [entry],
    outfile: join(folder, "index.js"),
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["source"],
  });
  writeFileSync(join(folder, "index.d.ts"), `export * from ${JSON.stringify(join(PACKAGE, "dist", "index.js"))};\n`);
  const exports = { ".": { types: "./index.d.ts", default: "./index.js" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "groundplan", type: "module", exports }));
  return folder;
})();

/** A folder of its own for a test file, with these files, where `groundplan` is installed. Removed when the tests are done. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "groundplan-cli-")));
  after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(INSTALLED, join(folder, "node_modules", "groundplan"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A terminal that nobody looks at. */
export const terminal: Terminal = { out: () => {}, err: () => {}, color: false, style: (_, text) => text, width: () => null };

/** Runs groundplan in this process. */
export async function run(folder: string, ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    color: false,
    style: (_, text) => text,
    width: () => null,
  };
  const code = await runGroundplan({ words, folder, terminal });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
