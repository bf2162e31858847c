import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readAptSource } from "../docker/apt-source.js";
import { cacheFolder, packageCache } from "../docker/cache-folder.js";
import { type Outcome, runProgram, tryProgram } from "../docker/run-program.js";
import { missingProgram } from "../programs.js";

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

/** The image of a test host: this machine's Debian with an SSH server and Docker. Made once, in about two minutes; by root, with debootstrap. */
export async function provideHostImage(env: Env): Promise<string | { readonly missing: string }> {
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
