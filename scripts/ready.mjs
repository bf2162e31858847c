// Makes a checkout ready to run: dependencies as the lockfile says, and the TypeScript compiled. Both are no-ops when nothing changed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STAMP = `${ROOT}node_modules/.installed-lockfile`;
/** The first with util.styleText and crypto.hash. */
const OLDEST_NODE = [20, 12];

/** Exits the process with a sentence when it cannot be made ready. */
export function ready() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]))
    fail(`Node ${process.versions.node} is too old: Groundplan needs Node ${OLDEST_NODE.join(".")} or newer.`);
  install();
  compile();
}

function install() {
  const lockfile = createHash("sha256")
    .update(readFileSync(`${ROOT}package-lock.json`))
    .digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lockfile) return;
  process.stderr.write("Installing the dependencies (once) ...\n");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "the dependencies cannot be installed");
  writeFileSync(STAMP, lockfile);
}

function compile() {
  run(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, "-b"], "the TypeScript does not compile");
}

/** Its output goes to standard error: standard output belongs to the command that comes after. */
function run(program, args, problem) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (error || status !== 0) fail(`${problem}: ${error?.message ?? `${program} ended with ${status}`}`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
