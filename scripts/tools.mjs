// node scripts/tools.mjs [NAME ...]: makes the programs that Debian has not, or has only old, each once, into a folder outside the checkout:
// from Go modules of a pinned version and content, and from PyPI by lists of exact versions. Default: all of them.
// Safe beside itself: one process makes a tool, others wait for it. What is unfinished never counts as made.
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPLETE, findProgram, PROGRAMS, requirementsFile, toolFolder, toolsFolder } from "./programs.mjs";

const OLDEST_PYTHON = "3.11";
const LAST_LINES = 15;
/** The number of the lock's open file. */
const LOCK = 9;
/** Without cgo, as the projects' own releases. The engine's driver for btrfs would take a C library. */
const GO_TAGS = "netgo osusergo exclude_graphdriver_btrfs";
const ALL = Object.keys(PROGRAMS).filter((name) => PROGRAMS[name].from === "tool");

/** Something is not here that making a tool needs: no failure, tests say what they leave out for it. */
class LeftOut extends Error {}

const words = process.argv.slice(2);
if (words[0] === "--locked") process.exitCode = await make(words[1]);
else await main(words.length > 0 ? words : ALL);

async function main(names) {
  const unknown = names.filter((name) => !ALL.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`no such tool: ${unknown.join(", ")} (tools: ${ALL.join(", ")})\n`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(toolsFolder(), { recursive: true });
  for (const name of names) {
    if (isMade(name)) say(name, `is here: ${toolFolder(name)}`);
    else if ((await makeAlone(name)) !== 0) process.exitCode = 1;
  }
}

/** Holds a lock while it makes the tool. The kernel frees it when the last process that works on the tool has ended, however it ended. */
async function makeAlone(name) {
  const locked = `exec ${LOCK}>>"$1" && flock ${LOCK} || exit 1; shift; exec "$@"`;
  const own = [process.execPath, fileURLToPath(import.meta.url), "--locked", name];
  const { code } = await run("sh", ["-c", locked, "sh", `${toolFolder(name)}.lock`, ...own], { stdio: "inherit" });
  return code;
}

async function make(name) {
  const startedMs = performance.now();
  if (isMade(name)) {
    say(name, "was just made by another process");
    return 0;
  }
  const folder = toolFolder(name);
  try {
    // Left by a process that was ended in the middle.
    rmSync(folder, { recursive: true, force: true });
    await (PROGRAMS[name].runs === undefined ? buildGo(name, folder) : installPython(name, folder));
    writeFileSync(join(folder, `${COMPLETE}.new`), "");
    renameSync(join(folder, `${COMPLETE}.new`), join(folder, COMPLETE));
    say(name, `made in ${Math.round((performance.now() - startedMs) / 1_000)} s: ${folder}`);
    return 0;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    say(name, error instanceof LeftOut ? `left out: ${error.message}` : `not made: ${error.message}`);
    return error instanceof LeftOut ? 0 : 1;
  }
}

/** A Python environment outlives the Python that it was made with. */
function isMade(name) {
  return "path" in findProgram(name) && (PROGRAMS[name].runs === undefined || existsSync(join(toolFolder(name), "bin/python")));
}

async function buildGo(name, folder) {
  const { module, builds, oldestGo } = PROGRAMS[name];
  await needVersion("go", ["env", "GOVERSION"], oldestGo, "Go");
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -mod=readonly", GOWORK: "off" };
  const { Dir, Sum } = JSON.parse(await must("go", ["mod", "download", "-json", `${module.path}@${module.version}`], { cwd: "/", env }));
  if (Sum !== module.sum) throw new Error(`${module.path} ${module.version} is not what it was: ${Sum}, and not ${module.sum}`);
  // The module cache is read-only. A path that stays the same, so that Go's build cache knows what it compiled before.
  const source = join(dirname(folder), `${name}.source`);
  try {
    rmSync(source, { recursive: true, force: true });
    cpSync(Dir, source, { recursive: true, mode: 0 });
    await must("chmod", ["-R", "u+w", source]);
    // The engine keeps the versions of what it is built from under other names.
    if (existsSync(join(source, "vendor.mod"))) {
      rmSync(join(source, "vendor"), { recursive: true, force: true });
      for (const ending of ["mod", "sum"]) renameSync(join(source, `vendor.${ending}`), join(source, `go.${ending}`));
    }
    mkdirSync(folder, { recursive: true });
    for (const { file, package: main, variables = {} } of builds) {
      const flags = ["-s", "-w", ...Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`)].join(" ");
      await must("go", ["build", "-tags", GO_TAGS, "-ldflags", flags, "-o", join(folder, file), main], { cwd: source, env });
    }
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
}

async function installPython(name, folder) {
  await needVersion("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"], OLDEST_PYTHON, "Python");
  const { missing } = findProgram("python3-venv");
  if (missing !== undefined) throw new LeftOut(`${missing} (apt-get install python3-venv)`);
  await must("python3", ["-m", "venv", folder]);
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  await must(join(folder, "bin/python"), ["-m", "pip", "install", ...quiet, "--requirement", requirementsFile(name)]);
  await must(join(folder, "bin/python"), ["-m", "pip", "check"]);
}

/** @throws LeftOut when there is none, or only an older one. */
async function needVersion(program, args, oldest, shown) {
  const { code, text } = await run(program, args, { cwd: "/" });
  const version = /(\d+(?:\.\d+)+)\s*$/.exec(text)?.[1];
  if (code !== 0 || version === undefined) throw new LeftOut(`needs ${shown} ${oldest} or newer`);
  const [is, wanted] = [version, oldest].map((text) => text.split(".").map(Number));
  const difference = wanted.map((part, index) => (is[index] ?? 0) - part).find((each) => each !== 0) ?? 0;
  if (difference < 0) throw new LeftOut(`needs ${shown} ${oldest} or newer, this is ${version}`);
}

/** Its output. @throws Error with the last lines when it fails. */
async function must(program, args, options = {}) {
  const { code, stdout, text } = await run(program, args, options);
  if (code === 0) return stdout;
  throw new Error(`${program} ${args[0]} ended with ${code}:\n${text.trimEnd().split("\n").slice(-LAST_LINES).join("\n")}`);
}

/** `text`: all that it printed; why there is none where `code` is null. */
function run(program, args, { cwd, env, stdio } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: stdio ?? ["ignore", "pipe", "pipe", LOCK] });
    const texts = { stdout: "", text: "" };
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      texts.stdout += chunk;
      texts.text += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk) => {
      texts.text += chunk;
    });
    child.on("error", (error) =>
      resolve({ code: null, ...texts, text: error.code === "ENOENT" ? `there is no ${program}` : error.message }),
    );
    child.on("close", (code) => resolve({ code, ...texts }));
  });
}

function say(name, what) {
  process.stdout.write(`${name} ${PROGRAMS[name].version}: ${what}\n`);
}
