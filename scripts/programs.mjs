// The programs that tests look for: where each comes from, and what it tests. Tests find them here (packages/testing), npm run doctor
// tells of them, scripts/tools.mjs makes those that Debian has not, or has only old.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { homedir, networkInterfaces } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Debian keeps what only root runs where not every PATH has it. */
const MORE_FOLDERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** In a tool's folder once it is whole. */
export const COMPLETE = "complete";

const debian = (debianPackage, tests, more = {}) => ({ from: "debian", package: debianPackage, tests, ...more });
const goTool = (version, oldestGo, module, builds, tests) => ({ from: "tool", version, oldestGo, module, builds, tests });
const pythonTool = (version, runs, tests) => ({ from: "tool", version, runs, tests });

/** By the name that tests and scripts use. `file`: what it is called on the PATH, where that differs. */
export const PROGRAMS = {
  git: debian("git", "reach against an older commit, the folder that init makes"),
  "redis-server": debian("redis-server", "the voting stack on a real Redis: queues, recovery, stress, chaos"),
  "redis-cli": debian("redis-tools", "the bench's raw limit of Redis"),
  "redis-benchmark": debian("redis-tools", "the bench's raw limit of Redis"),
  chromium: debian("chromium", "the pages and the control room in a browser"),
  curl: debian("curl", "votes as curl casts them"),
  ab: debian("apache2-utils", "votes as ApacheBench casts them"),
  wrk: debian("wrk", "the page under wrk, the bench's raw limit"),
  libfaketime: debian("faketime", "chaos with clocks that jump", { file: "faketime" }),
  pg_dump: debian("postgresql", "a dump that an operator restores"),
  ps: debian("procps", "what is left running"),
  openssl: debian("openssl", "mail by TLS"),
  python3: debian("python3", "what playbooks run on a host"),
  "python3-venv": debian("python3-venv", "nothing by itself: the environments of ansible-lint, checkov and moto", {
    holds: () => spawnSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" }).status === 0,
  }),
  unshare: debian("util-linux", "connections under the security groups, a proof without a network"),
  nsenter: debian("util-linux", "connections under the security groups"),
  ip: debian("iproute2", "connections under the security groups, ways out of a container"),
  nft: debian("nftables", "connections under the security groups, the AWS playbooks"),
  iptables: debian("iptables", "containers, on an engine of the tests' own"),
  docker: debian("docker.io", "containers: build, Compose, Swarm, the AWS playbooks"),
  dockerd: debian("docker.io", "containers on Engine 20.10, where there is no newer one"),
  containerd: debian("containerd", "containers, on an engine of the tests' own"),
  runc: debian("runc", "containers, on an engine of the tests' own"),
  "docker-compose": debian("docker-compose", "Compose 1.29"),
  debootstrap: debian("debootstrap", "containers, where public images cannot be pulled"),
  "docker-registry": debian("docker-registry", "images that a registry refuses or does not have"),
  htpasswd: debian("apache2-utils", "images that a registry refuses"),
  "ansible-playbook": debian("ansible", "the AWS playbooks on hosts"),
  ssh: debian("openssh-client", "the AWS playbooks on hosts"),
  "ssh-keygen": debian("openssh-client", "the AWS playbooks on hosts"),
  "dpkg-deb": debian("dpkg", "the CloudWatch agent's installation"),
  gpg: debian("gnupg", "the CloudWatch agent's signature"),
  prometheus: debian("prometheus", "monitoring: targets, rules, alerts"),
  promtool: debian("prometheus", "the generated rules and what they fire on"),
  "prometheus-alertmanager": debian("prometheus-alertmanager", "alerts: which are told, by mail"),
  amtool: debian("prometheus-alertmanager", "the generated settings of Alertmanager"),
  "prometheus-node-exporter": debian("prometheus-node-exporter", "monitoring: hosts"),
  "prometheus-redis-exporter": debian("prometheus-redis-exporter", "monitoring: Redis"),
  "prometheus-postgres-exporter": debian("prometheus-postgres-exporter", "monitoring: PostgreSQL"),
  "prometheus-blackbox-exporter": debian("prometheus-blackbox-exporter", "monitoring: public addresses and their certificates"),
  terraform: { from: "elsewhere", get: "https://developer.hashicorp.com/terraform/install", tests: "the AWS files, with Terraform" },
  go: { from: "elsewhere", get: "https://go.dev/dl (1.26 or newer)", tests: "nothing by itself: what is built from Go modules" },

  "dockerd-28": goTool(
    "28.5.2",
    "1.24",
    { path: "github.com/docker/docker", version: "v28.5.2+incompatible", sum: "h1:DBX0Y0zAjZbSrm1uzOkdr1onVghKaftjlSWt4AFexzM=" },
    [
      { file: "dockerd", package: "./cmd/dockerd", variables: { "github.com/docker/docker/dockerversion.Version": "28.5.2" } },
      { file: "docker-proxy", package: "./cmd/docker-proxy" },
    ],
    "containers on Engine 28",
  ),
  "docker-compose-2": goTool(
    "2.40.3",
    "1.24.9",
    { path: "github.com/docker/compose/v2", version: "v2.40.3", sum: "h1:XeYkQu1svDtyfZPv5nTwFryQ25ZJMkIlc4pz9HalMPI=" },
    [{ file: "docker-compose", package: "./cmd", variables: { "github.com/docker/compose/v2/internal.Version": "v2.40.3" } }],
    "Compose 2",
  ),
  "docker-buildx": goTool(
    "0.30.1",
    "1.24.3",
    { path: "github.com/docker/buildx", version: "v0.30.1", sum: "h1:3vthfaTQOLt5QfN2nl7rKuPLUvx69nL5ZikFIXp//c8=" },
    [{ file: "docker-buildx", package: "./cmd/buildx", variables: { "github.com/docker/buildx/version.Version": "v0.30.1" } }],
    "image builds by BuildKit",
  ),
  caddy: goTool(
    "2.11.9",
    "1.26",
    { path: "github.com/caddyserver/caddy/v2", version: "v2.11.9", sum: "h1:bhZtcRKQOq0fuLvEgCdPYvUxXyGn9kzjG4lh2332DTE=" },
    [{ file: "caddy", package: "./cmd/caddy", variables: { "github.com/caddyserver/caddy/v2.CustomVersion": "v2.11.9" } }],
    "HTTPS in front of the services, as on AWS with a domain",
  ),
  tofu: goTool(
    "1.12.6",
    "1.26.6",
    { path: "github.com/opentofu/opentofu", version: "v1.12.6", sum: "h1:0VT4P8pMmGcCUnQ9JDrJ+Qg2d35Vzm4FFd/9+H7oF98=" },
    [{ file: "tofu", package: "./cmd/tofu", variables: { "github.com/opentofu/opentofu/version.dev": "no" } }],
    "the AWS files, with OpenTofu",
  ),
  "ansible-lint": pythonTool(
    "26.10.0",
    ["ansible-lint", "yamllint", "ansible-playbook"],
    "the generated playbooks against ansible-lint, yamllint and a new Ansible",
  ),
  checkov: pythonTool("3.3.30", ["checkov"], "the generated Terraform against checkov"),
  moto: pythonTool("5.2.5", ["moto_server"], "Terraform's state in a bucket, with its lock"),

  root: {
    from: "condition",
    get: "run the tests as root",
    tests: "an engine and hosts of the tests' own, kills in containers",
    holds: () => process.getuid?.() === 0,
  },
  Linux: {
    from: "condition",
    get: "run the tests on Linux",
    tests: "what /proc tells of processes",
    holds: () => process.platform === "linux",
  },
  IPv6: {
    from: "condition",
    get: "switch IPv6 on for the loopback interface",
    tests: "ports that only an IPv6 address has taken",
    holds: () =>
      Object.values(networkInterfaces())
        .flat()
        .some((address) => address?.family === "IPv6"),
  },
};

/** Where tools are kept: outside the checkout, for every checkout of this user. */
export function toolsFolder(env = process.env) {
  return env.GROUNDPLAN_TOOLS || join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "groundplan", "tools");
}

/** Of this version and recipe: what is made otherwise is made anew, in another folder. */
export function toolFolder(name, env = process.env) {
  const { from, tests: _, ...recipe } = PROGRAMS[name];
  if (from !== "tool") throw new Error(`${name} is no tool that is made here`);
  const mark = createHash("sha256").update(JSON.stringify([recipe, process.arch]));
  if (recipe.runs !== undefined) mark.update(readFileSync(requirementsFile(name)));
  return join(toolsFolder(env), `${name}-${recipe.version}-${mark.digest("hex").slice(0, 8)}`);
}

export function requirementsFile(name) {
  return fileURLToPath(new URL(`requirements/${name}.txt`, import.meta.url));
}

/**
 * Where a program is, or what tests say when they skip for want of it.
 *
 * @param file Of a tool with more than one program, which of them. Default: the first
 * @throws Error for a name that is not in the table
 */
export function findProgram(name, file, env = process.env) {
  const program = PROGRAMS[name];
  if (program === undefined) throw new Error(`scripts/programs.mjs has no program "${name}"`);
  if (program.holds !== undefined) return program.holds() ? { path: "" } : { missing: `needs ${name}` };
  const path = program.from === "tool" ? madeTool(name, file, env) : onPath(program.file ?? name, env);
  if (path !== null) return { path };
  return { missing: program.from === "tool" ? `needs ${name} ${program.version} (npm run tools ${name})` : `needs ${name}` };
}

/** How one gets what is missing. */
export function howToGet(name) {
  const { from, package: debianPackage, get } = PROGRAMS[name];
  if (from === "debian") return `apt-get install ${debianPackage}`;
  return from === "tool" ? `npm run tools ${name}` : get;
}

/** The programs that a tool has. */
export function filesOf({ builds, runs }) {
  return runs ?? builds.map(({ file }) => file);
}

function madeTool(name, file, env) {
  const program = PROGRAMS[name];
  const folder = toolFolder(name, env);
  if (!existsSync(join(folder, COMPLETE))) return null;
  const path = join(folder, ...(program.runs === undefined ? [] : ["bin"]), file ?? filesOf(program)[0]);
  return canRun(path) ? path : null;
}

/** As a shell finds it, and where Debian keeps more. */
function onPath(file, { PATH = "" }) {
  const folders = [...PATH.split(delimiter).filter(Boolean), ...MORE_FOLDERS];
  return folders.map((folder) => resolve(folder, file)).find(canRun) ?? null;
}

function canRun(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
