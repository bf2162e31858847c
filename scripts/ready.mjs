// Makes a checkout ready to run: dependencies as the lockfile says, and the TypeScript compiled. Both are no-ops when nothing changed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endWithNpm } from "../packages/cli/bin/end-with-npm.js";
import { install } from "./install.mjs";
import { fail, runToEnd } from "./run-to-end.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Compiling takes longer than this when there is something to compile: people then see what they wait for. */
const QUIET_MS = 1_000;

/** Resolves when it is. Exits the process with a sentence when it cannot be made ready, or is told to stop. */
export async function ready() {
  const { node } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).engines;
  const oldest = node.replace(">=", "");
  if (isOlder(process.versions.node, oldest))
    fail(`Node ${process.versions.node} is too old: Groundplan needs Node ${oldest} or newer (https://nodejs.org).`);
  endWithNpm();
  await install(ROOT);
  await compile();
}

/** Of versions such as "20.12.2": numbers that `oldest` does not name may be any. */
export function isOlder(version, oldest) {
  const own = version.split(".").map(Number);
  for (const [index, wanted] of oldest.split(".").map(Number).entries()) {
    if (own[index] !== wanted) return own[index] < wanted;
  }
  return false;
}

async function compile() {
  const timer = setTimeout(() => process.stderr.write("Compiling the TypeScript ...\n"), QUIET_MS);
  await runToEnd(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-b"], {
    cwd: ROOT,
    problem: "the TypeScript does not compile",
    onEnd: () => clearTimeout(timer),
  });
}
