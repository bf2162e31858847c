import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { packagesFor, wanting } from "./installed.mjs";
import { runToEnd } from "./run-to-end.mjs";

/** How often people see how far it is: in a terminal on one line, in a file or a log on a line each. */
const PROGRESS_MS = { terminal: 250, file: 5_000 };

/** What development needs, and PostgreSQL, which is an optional package: whatever the user's settings leave out elsewhere. */
const ALL = ["--include=dev", "--include=optional", "--ignore-scripts"];
const QUIETLY = ["--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];

/** Has npm install what the lockfile says, unless it has, for us or for the user. Exits the process with a sentence when it cannot. */
export async function install(root) {
  const lockfile = readJson(join(root, "package-lock.json"));
  const modules = join(root, "node_modules");
  const machine = { os: process.platform, cpu: process.arch };
  const exists = (folder) => existsSync(join(root, folder, "package.json"));
  const { required, optional } = wanting({ lockfile, hidden: readJson(join(modules, ".package-lock.json")), machine, exists });
  // Written after an installation of ours: an optional package that is missing all the same cannot be had here.
  const stamp = join(modules, ".installed-lockfile");
  const mark = createHash("sha256").update(JSON.stringify(lockfile)).digest("hex");
  const isAllThereIs = existsSync(stamp) && readFileSync(stamp, "utf8") === mark;
  if (required.length === 0 && (optional.length === 0 || isAllThereIs)) return;

  const folders = packagesFor(lockfile, machine).map(([folder]) => folder);
  const onEnd = showProgress("Installing the dependencies (once)", () => `${folders.filter(exists).length} of ${folders.length}`);
  const [program, ...first] = npm();
  // Beside the data, which is a place that can be written to; and after an installation that broke off it is still there.
  const ownCache = join(root, ".groundplan", "npm-cache");
  const cache = usersCacheWorks(program, first, root) ? [] : [`--cache=${ownCache}`];
  const args = [...first, "ci", ...ALL, ...QUIETLY, ...cache];
  await runToEnd(program, args, { cwd: root, problem: "the dependencies cannot be installed", onEnd });
  writeFileSync(stamp, mark);
  rmSync(ownCache, { recursive: true, force: true });
}

/** The npm that runs this, so that it need not be on the PATH, and no other one is taken. */
function npm() {
  const own = process.env.npm_execpath ?? "";
  if (basename(own) === "npm-cli.js" && existsSync(own)) return [process.execPath, own];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

/** A home that does not exist (as in containers, and for services) is not made, and one that cannot be written to is left alone. */
function usersCacheWorks(program, first, cwd) {
  const asked = () => spawnSync(program, [...first, "config", "get", "cache"], { cwd, encoding: "utf8", shell: program.endsWith(".cmd") });
  const cache = process.env.npm_config_cache || asked().stdout?.trim();
  if (!cache) return false;
  if (!existsSync(cache)) return isWritable(dirname(cache));
  const inside = ["", "_cacache", "_cacache/tmp", "_cacache/content-v2", "_cacache/index-v5"].map((folder) => join(cache, folder));
  return inside.filter((folder) => existsSync(folder)).every(isWritable);
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns how to end it. */
function showProgress(what, howFar) {
  const { stderr } = process;
  const startedMs = Date.now();
  const line = () => `${what}: ${howFar()} packages, ${Math.round((Date.now() - startedMs) / 1_000)} s`;
  const show = () => stderr.write(stderr.isTTY ? `\r\x1b[K${line()}` : `${line()}\n`);
  stderr.write(stderr.isTTY ? what : `${what} ...\n`);
  const timer = setInterval(show, stderr.isTTY ? PROGRESS_MS.terminal : PROGRESS_MS.file);
  return () => {
    clearInterval(timer);
    show();
    if (stderr.isTTY) stderr.write("\n");
  };
}

/** `null`: there is no such file, or only a part of one. */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}
