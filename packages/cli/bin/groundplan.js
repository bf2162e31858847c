#!/usr/bin/env node
// The compiled program; in a source checkout that was never built, it is built first.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { endWithNpm } from "./end-with-npm.js";

endWithNpm();
const main = new URL("../dist/main.js", import.meta.url);
const checkout = new URL("../../../", import.meta.url);

if (!existsSync(main) && existsSync(new URL("tsconfig.json", checkout))) {
  process.stderr.write("groundplan: first run of this checkout, compiling it\n");
  const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const built = spawnSync(process.execPath, [compiler, "-b"], { cwd: checkout, stdio: ["ignore", 2, 2] });
  if (built.status !== 0) process.exit(1);
}
await import(main.href);
