// npm run test:repeat: runs the whole suite again and again, and writes each run down in docs/testing.md. A dev tool.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./ready.mjs";

const HELP = `npm run test:repeat -- [--times N] [--bare] [--busy] [part of a path ...]

Runs npm test N times, one after the other, and adds a row for each run to the table in docs/testing.md. What a run printed is kept in a
folder that it names. Exits with 1 when a run failed. With parts of paths only those files are run, and no row is added.

  --times N   how many runs                     Default: 1
  --bare      as on a machine without the programs that tests may use: they are hidden, see below. Linux only, as root.
  --busy      beside a process that takes one core
  --help

--bare runs the suite in a mount namespace of its own, in whose folders of programs those that a plain machine does not have (Redis,
Chromium, Docker, Terraform, Ansible, Prometheus and so on) do not exist: not on the PATH, and not at their usual places either. Node,
npm, git, curl and what belongs to every system stay. Nothing outside of that namespace changes.
`;

/** Programs that a plain machine with Node, git and curl does not have, as patterns of a shell. */
const HIDDEN = [
  ..."redis-* valkey* chromium* google-chrome* wrk ab htpasswd faketime debootstrap openssl".split(" "),
  ..."docker* containerd* ctr runc podman* buildx* caddy* nft iptables* ip6tables* ip ss".split(" "),
  ..."terraform* tofu* ansible* checkov* yamllint* moto* ssh sshd ssh-* go gofmt python* pip*".split(" "),
  ..."prometheus* promtool* amtool* alertmanager* *_exporter blackbox*".split(" "),
];
/** Where programs are that the PATH may not have. */
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/usr/games", "/snap/bin"];

/**
 * $1: an empty folder; $2: the hidden names; $3: the folders of programs, one a line; then the command. Each folder gets a layer over
 * it, in which the programs are deleted.
 */
const WITHOUT_PROGRAMS = `set -eu
layers=$1 hidden=$2 folders=$3
shift 3
mount -t tmpfs tmpfs "$layers"
number=0
echo "$folders" | while IFS= read -r folder; do
  number=$((number + 1))
  mkdir "$layers/$number" "$layers/$number/upper" "$layers/$number/work"
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$layers/$number/upper,workdir=$layers/$number/work" "$folder"
  # Never in the folder itself.
  [ "$(stat --file-system --format %T "$folder")" = overlayfs ]
  (cd "$folder" && for name in $hidden; do rm -rf -- "./$name"; done)
done
exec "$@"
`;

const DOCUMENT = join(ROOT, "docs/testing.md");
const HEAD = "| date | commit | machine | mode | passed | failed | skipped | minutes | what failed |";

const options = readArguments();
const logs = mkdtempSync(join(tmpdir(), "groundplan-runs-"));
process.stdout.write(`what each run prints: ${logs}\n`);
// Once for all runs, and with all programs.
const made = spawnSync(process.execPath, ["--input-type=module", "-e", 'import("./scripts/ready.mjs").then(({ ready }) => ready())'], {
  cwd: ROOT,
  stdio: "inherit",
});
if (made.status !== 0) process.exit(1);

let failures = 0;
let running = null;
const busy = options.busy ? spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }) : null;
process.on("exit", () => busy?.kill("SIGKILL"));
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    running?.kill("SIGTERM");
    process.exitCode = 130;
  });
for (let n = 1; n <= options.times && process.exitCode === undefined; n++) {
  const result = await run(n);
  if (process.exitCode !== undefined) break;
  const { passed, failed, skipped, minutes, names } = result;
  if (failed > 0) failures++;
  process.stdout.write(`${n} of ${options.times}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${minutes} min\n`);
  for (const name of names) process.stdout.write(`  ${name}\n`);
  if (options.parts.length === 0) writeDown(result);
}
busy?.kill("SIGKILL");
if (process.exitCode === undefined) process.exitCode = failures === 0 ? 0 : 1;

/** One run of the suite, and what came of it. */
async function run(n) {
  const log = openSync(join(logs, `run-${n}.log`), "w");
  const summary = join(logs, `run-${n}.json`);
  const command = [process.execPath, "scripts/test.mjs", "--summary", summary, ...options.parts];
  const [program, ...args] = options.bare ? hidden(command, mkdtempSync(join(logs, "layers-"))) : command;
  const startedMs = performance.now();
  running = spawn(program, args, { cwd: ROOT, stdio: ["ignore", log, log], env: options.bare ? bareEnv() : process.env });
  const code = await new Promise((resolve, reject) => running.once("error", reject).once("exit", (exit) => resolve(exit)));
  closeSync(log);
  const minutes = ((performance.now() - startedMs) / 60_000).toFixed(1);
  try {
    const { passed, failed, skipped, processes } = JSON.parse(readFileSync(summary, "utf8"));
    const names = processes.flatMap(({ name, ring, failures: own }) => own.map((what) => (ring === "checks" ? `${name}: ${what}` : what)));
    // A run that did not say that it was good was not.
    if (code !== 0 && failed === 0) return { passed, failed: 1, skipped, minutes, names: [`npm test ended with ${code}`] };
    return { passed, failed, skipped, minutes, names };
  } catch (error) {
    return { passed: 0, failed: 1, skipped: 0, minutes, names: [`npm test ended with ${code} and no summary: ${error.message}`] };
  }
}

/** The command in a mount namespace without the hidden programs. */
function hidden(command, layers) {
  const folders = [...new Set([...(process.env.PATH ?? "").split(delimiter), ...MORE_FOLDERS].map(real))].filter(
    (folder) => folder !== null,
  );
  const shell = ["sh", "-c", WITHOUT_PROGRAMS, "sh", layers, HIDDEN.join(" "), folders.join("\n")];
  return ["unshare", "--mount", "--propagation", "private", ...shell, ...command];
}

/** A folder by its own name, since many are links to others; `null`: it is none, or Node's own. */
function real(folder) {
  try {
    const path = spawnSync("realpath", [folder], { encoding: "utf8" }).stdout.trim();
    return statSync(path).isDirectory() && !path.startsWith(ROOT) ? path : null;
  } catch {
    return null;
  }
}

/** Without what leads to programs in other places: an engine at an address, tools that were made into a cache. */
function bareEnv() {
  const none = join(logs, "no-tools");
  mkdirSync(none, { recursive: true });
  const { DOCKER_HOST: _, DOCKER_CONTEXT: __, ...env } = process.env;
  return { ...env, GROUNDPLAN_TOOLS: none };
}

function writeDown({ passed, failed, skipped, minutes, names }) {
  const git = (...args) => spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout.trim();
  // The table itself changes with every run.
  const isChanged = git("status", "--porcelain", "--", ".", ":!docs/testing.md") !== "";
  const commit = `${git("rev-parse", "--short=10", "HEAD")}${isChanged ? " and changes" : ""}`;
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}`;
  const mode = [options.bare ? "bare" : "all tools", ...(options.busy ? ["one core busy"] : [])].join(", ");
  const date = new Date().toISOString().slice(0, 10);
  const failedNames = names.map((name) => name.replaceAll("|", "\\|").replaceAll("\n", " ")).join("; ") || "-";
  const row = `| ${[date, commit, machine, mode, passed, failed, skipped, minutes, failedNames].join(" | ")} |`;
  const lines = readFileSync(DOCUMENT, "utf8").split("\n");
  let at = lines.indexOf(HEAD);
  if (at < 0) throw new Error(`docs/testing.md has no table with the head ${HEAD}`);
  while (lines[at + 1]?.startsWith("|")) at++;
  lines.splice(at + 1, 0, row);
  writeFileSync(DOCUMENT, lines.join("\n"));
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        times: { type: "string", default: "1" },
        bare: { type: "boolean", default: false },
        busy: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    const times = Number(values.times);
    if (!Number.isInteger(times) || times < 1) throw new Error(`--times takes a whole number from 1 on, not "${values.times}"`);
    if (values.bare && (process.platform !== "linux" || process.getuid() !== 0))
      throw new Error("--bare needs Linux and root: it hides programs in a mount namespace");
    return { times, bare: values.bare, busy: values.busy, parts: positionals };
  } catch (error) {
    process.stderr.write(`${error.message.split(". ")[0]}. See npm run test:repeat -- --help\n`);
    process.exit(2);
  }
}
