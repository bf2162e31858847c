import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INTERNET, OPERATOR, type Plan, type PlannedHost, reachability } from "@groundplan/model";
import { readAptSource } from "../docker/apt-source.js";
import { cacheFolder, packageCache } from "../docker/cache-folder.js";
import type { DockerEngine, MissingEngine } from "../docker/docker-engine.js";
import { type Outcome, runProgram, tryProgram } from "../docker/run-program.js";
import { missingProgram } from "../programs.js";
import { until } from "../until.js";

const START_LIMIT_MS = 60_000;

/** The hosts of a plan as containers of this machine, each with its own SSH server and its own Docker. */
export interface TestHosts {
  /** What `terraform output -json` would print. */
  readonly terraformOutput: Readonly<Record<string, { readonly value: unknown }>>;
  /** The operator's private key. */
  readonly keyFile: string;
  /** In the network of the hosts, which this machine is not in. */
  privateAddress(host: string): string;
  /** Where this machine reaches a public host. */
  publicAddress(host: string): string;
  /** Runs a program on a host as root, past SSH and the rules. */
  exec(host: string, ...command: readonly string[]): Promise<Outcome>;
  /** Turns a host off and on again. */
  reboot(host: string): Promise<void>;
  close(): Promise<void>;
}

/** Interfaces of a test host: in the network of all hosts, and of a public one towards the internet. */
const INSIDE = "eth0";

const OUTSIDE = "eth1";

/** Of the host; read again when it starts again. */
const RULES_FILE = "/etc/groups.nft";

/**
 * What a host runs in place of an init system. Its Docker needs cgroups that it may write to; the data volume is a file behind a loop device,
 * under the name that an EBS volume has on a Nitro instance; addresses of the internet are translated as AWS's gateway does.
 */
const HOST_INIT = `set -e
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -o remount,rw /sys/fs/cgroup
  # A group with processes of its own may have none below it.
  mkdir -p /sys/fs/cgroup/init
  xargs -rn1 < /sys/fs/cgroup/cgroup.procs > /sys/fs/cgroup/init/cgroup.procs 2> /dev/null || true
  sed 's/ / +/g; s/^/+/' < /sys/fs/cgroup/cgroup.controllers > /sys/fs/cgroup/cgroup.subtree_control
else
  awk '$5 ~ "^/sys/fs/cgroup" { print $5 }' /proc/self/mountinfo | while read -r place; do mount -o remount,bind,rw "$place"; done
fi

if [ -n "$DATA_VOLUME" ]; then
  mknod -m 600 /dev/loop-control c 10 237
  number=0
  while [ $number -lt 64 ]; do mknod -m 600 /dev/loop$number b 7 $number; number=$((number + 1)); done
  [ -e /data-volume.img ] || truncate -s 2G /data-volume.img
  device=$(losetup --find --show /data-volume.img)
  # Whoever holds it open keeps it; the kernel lets go of it when this host is gone, however that comes. Opened here first: the
  # background process may come to it only after the detaching.
  exec 9< $device
  sleep infinity <&9 &
  losetup --detach $device
  mkdir -p /dev/disk/by-id
  ln -s $device /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$DATA_VOLUME
fi
[ ! -e ${RULES_FILE} ] || nft -f ${RULES_FILE}
mount --all
mkdir -p /run/sshd /home/ubuntu/.ssh
echo "$AUTHORIZED_KEY" > /home/ubuntu/.ssh/authorized_keys
chown -R ubuntu /home/ubuntu
rm -f /run/docker.pid /var/run/docker.pid
/usr/sbin/sshd
exec dockerd > /var/log/dockerd.log 2>&1
`;

type Env = Readonly<Record<string, string>>;

/** Ubuntu's images have these, or Ansible installs them there: Docker. */
const PACKAGES = [
  ..."openssh-server python3 sudo ca-certificates".split(" "),
  ..."docker.io iptables nftables iproute2 procps util-linux e2fsprogs".split(" "),
];

const LEFT_OUT = ["var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"];

/** As on Ubuntu's machine images: a user who may become root without a password. */
const FURNISH = `useradd --create-home --shell /bin/bash --password '*' ubuntu
echo 'ubuntu ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ubuntu
: > /etc/fstab
rm -f /etc/ssh/ssh_host_*`;

/**
 * Starts them and waits until they answer. Public hosts have an address that this machine reaches; private ones have none and are reached by
 * way of the bastion only. The rules of the plan hold for each TCP connection between them, as security groups do. Hosts with a database have
 * a blank data volume. They are Debian and not Ubuntu, without an init system and cloud-init, and Docker is installed already.
 */
export async function startHosts(plan: Plan, engine: DockerEngine): Promise<TestHosts | MissingEngine> {
  if (process.getuid?.() !== 0) return { missing: "needs root" };
  const image = await provideHostImage(engine.env);
  if (typeof image !== "string") return image;
  const hosts = new Hosts(plan, engine, image);
  try {
    await hosts.start();
    return hosts;
  } catch (error) {
    await hosts.close();
    throw error;
  }
}

class Hosts implements TestHosts {
  terraformOutput: TestHosts["terraformOutput"] = {};
  readonly keyFile: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "groundplan-hosts-"));
  readonly #plan: Plan;
  readonly #engine: DockerEngine;
  readonly #image: string;
  readonly #mark = `groundplan-hosts-${process.pid}-${randomBytes(2).toString("hex")}`;
  readonly #private = new Map<string, string>();
  readonly #public = new Map<string, string>();

  constructor(plan: Plan, engine: DockerEngine, image: string) {
    this.#plan = plan;
    this.#engine = engine;
    this.#image = image;
    this.keyFile = join(this.#folder, "key");
  }

  async start(): Promise<void> {
    await runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", this.keyFile]);
    // This machine has no address in the network of the hosts, so it reaches none of them by it.
    await this.#docker("network", "create", "--internal", "--opt", "com.docker.network.bridge.inhibit_ipv4=true", this.#network("inside"));
    await this.#docker("network", "create", this.#network("outside"));
    await Promise.all(this.#plan.hosts.map((host) => this.#startHost(host)));
    for (const { name, subnet } of this.#plan.hosts) {
      this.#private.set(name, await this.#address(name, INSIDE));
      if (subnet === "public") this.#public.set(name, await this.#address(name, OUTSIDE));
    }
    await Promise.all(this.#plan.hosts.map((host) => this.#connect(host)));
    this.terraformOutput = this.#outputs();
  }

  privateAddress(host: string): string {
    return this.#private.get(host) ?? "";
  }

  publicAddress(host: string): string {
    return this.#public.get(host) ?? "";
  }

  exec(host: string, ...command: readonly string[]): Promise<Outcome> {
    return tryProgram("docker", ["exec", this.#container(host), ...command], { env: this.#engine.env });
  }

  async reboot(host: string): Promise<void> {
    await this.#docker("restart", "--time", "5", this.#container(host));
    await this.#untilReady(host);
  }

  async close(): Promise<void> {
    const label = `label=groundplan.hosts=${this.#mark}`;
    const containers = lines(await this.#docker("ps", "--all", "--quiet", "--filter", label));
    if (containers.length > 0) await this.#docker("rm", "--force", "--volumes", ...containers);
    for (const network of lines(await this.#docker("network", "ls", "--quiet", "--filter", `name=${this.#mark}`))) {
      await this.#docker("network", "rm", network);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #engineIsOld(): Promise<boolean> {
    return (await this.#docker("version", "--format", "{{.Server.Version}}")).startsWith("20.");
  }

  async #startHost(host: PlannedHost): Promise<void> {
    const volume = this.#volumeId(host);
    await this.#docker(
      "run",
      "--detach",
      `--name=${this.#container(host.name)}`,
      `--hostname=${host.name}`,
      `--label=groundplan.hosts=${this.#mark}`,
      `--network=${this.#network("inside")}`,
      // An overlay cannot lie on another one.
      "--volume=/var/lib/docker",
      "--tmpfs=/run:exec",
      "--cgroupns=private",
      // As privileged as this machine allows; some machines have not all of root's rights themselves. Engine 20.10 means by ALL what the
      // kernel knows, and cannot give what this machine has not; newer ones mean what it has, and take nothing away that it has not.
      "--cap-add=ALL",
      ...((await this.#engineIsOld()) ? ["--cap-drop=SYS_RESOURCE"] : []),
      ...["seccomp", "apparmor", "systempaths"].map((name) => `--security-opt=${name}=unconfined`),
      "--device-cgroup-rule=b 7:* rmw",
      "--device-cgroup-rule=c 10:237 rmw",
      `--env=AUTHORIZED_KEY=${readFileSync(`${this.keyFile}.pub`, "utf8").trim()}`,
      `--env=DATA_VOLUME=${volume?.replaceAll("-", "") ?? ""}`,
      this.#image,
      "sh",
      "-c",
      `ssh-keygen -A > /dev/null\n${HOST_INIT}`,
    );
    if (host.subnet === "public") await this.#docker("network", "connect", this.#network("outside"), this.#container(host.name));
  }

  async #connect({ name, subnet }: PlannedHost): Promise<void> {
    // As the internet gateway: a public address stands for the private one.
    const gateway = [
      "table ip gateway {",
      "chain in {",
      "type nat hook prerouting priority -150;",
      `ip daddr ${this.publicAddress(name)} dnat to ${this.privateAddress(name)}`,
      "}",
      "}",
    ];
    const rules = [groupRules(this.#plan, name, this.#private), ...(subnet === "public" ? gateway : [])].join("\n");
    await this.#inside(name, "sh", "-c", `printf '%s\\n' "$1" > ${RULES_FILE} && nft -f ${RULES_FILE}`, "sh", rules);
    await this.#untilReady(name);
  }

  async #untilReady(host: string): Promise<void> {
    const answers = async (): Promise<boolean> => (await this.exec(host, "docker", "version")).code === 0;
    try {
      await until(`Docker answers on ${host}`, answers, START_LIMIT_MS);
    } catch (error) {
      const log = await this.exec(host, "tail", "-n", "15", "/var/log/dockerd.log");
      const init = await tryProgram("docker", ["logs", "--tail", "15", this.#container(host)], { env: this.#engine.env });
      throw new Error(`the test host ${host} did not start:\n${init.stdout}${init.stderr}${log.stdout}`, { cause: error });
    }
  }

  #outputs(): TestHosts["terraformOutput"] {
    const hosts = this.#plan.hosts.map((host) => [
      host.name,
      {
        public_ip: this.#public.get(host.name) ?? null,
        private_ip: this.privateAddress(host.name),
        instance_id: `i-${this.#mark}-${host.name}`,
        subnet: host.subnet,
        data_volume_id: this.#volumeId(host),
      },
    ]);
    const urls = this.#plan.components
      .filter((component) => component.public)
      .map(({ name, host, port }) => [name, `http://${this.publicAddress(host)}${port === 80 ? "" : `:${port}`}`]);
    const values = {
      hosts: Object.fromEntries(hosts),
      bastion: this.#plan.hosts.find(({ bastion }) => bastion)?.name,
      region: this.#plan.aws.region,
      ssh_user: "ubuntu",
      public_urls: Object.fromEntries(urls),
      log_groups: {},
    };
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  }

  #volumeId({ name, runs }: PlannedHost): string | null {
    const hasDatabase = this.#plan.components.some((component) => runs.includes(component.name) && component.kind !== "service");
    return hasDatabase ? `vol-${Buffer.from(name).toString("hex")}` : null;
  }

  async #address(host: string, device: string): Promise<string> {
    const shown = await this.#inside(host, "ip", "-json", "-4", "address", "show", "dev", device);
    const [link] = JSON.parse(shown) as readonly { readonly addr_info: readonly { readonly local: string }[] }[];
    return link?.addr_info[0]?.local ?? "";
  }

  #inside(host: string, ...command: readonly string[]): Promise<string> {
    return this.#docker("exec", this.#container(host), ...command);
  }

  #docker(...args: readonly string[]): Promise<string> {
    return this.#engine.docker(...args);
  }

  #container(host: string): string {
    return `${this.#mark}-${host}`;
  }

  #network(name: string): string {
    return `${this.#mark}-${name}`;
  }
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter(Boolean);
}

/**
 * What a host's security group does, for nftables: at the interface, before Docker sees a packet. Only what begins a TCP connection is looked
 * at; answers and all else pass.
 */
function groupRules(plan: Plan, host: string, addresses: ReadonlyMap<string, string>): string {
  const into = reachability(plan).filter(({ to }) => to === host);
  const inside = [...addresses].flatMap(([name, address]) => {
    const ports = into.filter(({ from }) => from === name).map(({ port }) => port);
    return accept(`ip saddr ${address} `, ports);
  });
  const outside = accept("", [...new Set(into.filter(({ from }) => from === INTERNET || from === OPERATOR).map(({ port }) => port))]);
  const isPublic = plan.hosts.some(({ name, subnet }) => name === host && subnet === "public");
  return ["table netdev groups {", ...chain(INSIDE, inside), ...(isPublic ? chain(OUTSIDE, outside) : []), "}"].join("\n");
}

function accept(condition: string, ports: readonly number[]): readonly string[] {
  return ports.length === 0 ? [] : [`${condition}tcp dport { ${ports.join(", ")} } accept`];
}

function chain(device: string, accepted: readonly string[]): readonly string[] {
  return [
    `chain ${device} {`,
    `type filter hook ingress device "${device}" priority 0; policy accept;`,
    "tcp flags & (syn | ack) != syn accept",
    ...accepted,
    "meta l4proto tcp drop",
    "}",
  ];
}

/** The image of a test host: this machine's Debian with an SSH server and Docker. Made once, in about two minutes; by root, with debootstrap. */
async function provideHostImage(env: Env): Promise<string | { readonly missing: string }> {
  const mark = createHash("sha256")
    .update(JSON.stringify([PACKAGES, LEFT_OUT, FURNISH]))
    .digest("hex")
    .slice(0, 12);
  const name = `groundplan-test-host:${mark}`;
  const inspect = (): Promise<Outcome> => tryProgram("docker", ["image", "inspect", name], { env });
  if ((await inspect()).code === 0) return name;
  const source = readAptSource();
  const missing = missingProgram("root", "debootstrap") ?? (source === null ? "needs apt settings that name this machine's release" : null);
  if (missing !== null || source === null) return { missing: missing ?? "" };
  process.stderr.write("making the image of test hosts from this machine's packages (once, about two minutes) ...\n");
  const work = mkdtempSync(join(cacheFolder(), "making-"));
  try {
    const tree = join(work, "tree");
    const components = `--components=${source.components.join(",")}`;
    const options = ["--variant=minbase", components, `--include=${PACKAGES.join(",")}`, `--cache-dir=${packageCache()}`];
    await runProgram("debootstrap", [...options, source.suite, tree, source.mirror]);
    await runProgram("chroot", [tree, "sh", "-ec", FURNISH]);
    const archive = join(work, "tree.tar");
    await runProgram("tar", ["-C", tree, ...LEFT_OUT.map((path) => `--exclude=./${path}/*`), "-cf", archive, "."]);
    await runProgram("docker", ["import", archive, name], { env });
    return name;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
