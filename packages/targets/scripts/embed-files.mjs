// Makes a module of the files that targets ship (playbooks, tasks, Python): they read no disk.
//   npm run embed                                             after a change of such a file
//   node packages/targets/scripts/embed-files.mjs --check     exit code 1 when the module is not what the files say
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../src/aws/ansible/shipped/", import.meta.url);
const MODULE = new URL("../src/aws/ansible/shipped-files.generated.ts", import.meta.url);

const paths = readdirSync(FOLDER, { recursive: true })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.(yml|py|cfg)$/.test(path))
  .sort();
const text = [
  "// Made of the files in shipped/ by packages/targets/scripts/embed-files.mjs: change those, then npm run embed.",
  "",
  "/** Path in shipped/ -> text. */",
  "export const SHIPPED = {",
  ...paths.map((path) => `  ${JSON.stringify(path)}: ${JSON.stringify(readFileSync(new URL(path, FOLDER), "utf8"))} as string,`),
  "};",
  "",
].join("\n");

if (process.argv.includes("--check")) {
  if (text !== readFileSync(MODULE, "utf8")) {
    process.stderr.write("shipped-files.generated.ts is not what the files in shipped/ say: npm run embed\n");
    process.exitCode = 1;
  }
} else {
  writeFileSync(MODULE, text);
  process.stdout.write(`${paths.length} files in ${fileURLToPath(MODULE)}\n`);
}
