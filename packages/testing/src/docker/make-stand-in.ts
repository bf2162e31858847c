import { createHash } from "node:crypto";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { programPath } from "../programs.js";
import { readAptSource } from "./apt-source.js";
import { cacheFolder, packageCache } from "./cache-folder.js";
import { runProgram, tryProgram } from "./run-program.js";
import { type BaseImage, STAND_IN_IMAGES, type StandInImage } from "./stand-in-images.js";

/** In no image: what packages leave that nothing reads when it runs. Images are copied to hosts, and each of their files takes its time there. */
const LEFT_OUT = [
  ..."var/cache/apt/* var/lib/apt/lists/* var/lib/postgresql/* usr/share/doc/* usr/share/man/* usr/share/locale/* usr/share/i18n/*".split(
    " ",
  ),
  // Of the pages of Debian's Alertmanager; half of the tree, in thousands of files.
  ..."usr/share/javascript/* usr/share/nodejs/* usr/bin/promtool usr/bin/amtool".split(" "),
  // PostgreSQL's compiler of queries, which it does without; the Perl of Debian's tools around it.
  ..."usr/lib/*/libLLVM* usr/lib/*/libz3* usr/lib/postgresql/*/lib/bitcode usr/lib/postgresql/*/lib/llvmjit*".split(" "),
  ..."usr/share/perl/* usr/lib/*/perl/*".split(" "),
];

/** Makes an image from this machine's packages under a name. Needs root and debootstrap; takes about a minute. */
export async function makeStandIn(image: BaseImage, name: string, env: Env): Promise<void> {
  const standIn = STAND_IN_IMAGES[image];
  // Not in /tmp: that may be mounted without device files.
  const work = mkdtempSync(join(cacheFolder(), "making-"));
  try {
    const tree = treeName(standIn);
    if ((await tryProgram("docker", ["image", "inspect", tree], { env })).code !== 0) await importTree(standIn, tree, work, env);
    const context = join(work, "context");
    mkdirSync(context);
    const lines = [`FROM ${tree}`, `LABEL groundplan.stand-in=${standIn.tag}`, ...standIn.instructions];
    writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
    await runProgram("docker", ["build", "--tag", name, context], { env });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

type Env = Readonly<Record<string, string>>;

/** What a stand-in is kept under until what it is made of changes. */
export function nameOfStandIn(image: BaseImage): string {
  const standIn = STAND_IN_IMAGES[image];
  const mark = createHash("sha256").update(JSON.stringify([treeName(standIn), standIn.instructions]));
  return `groundplan-stand-in/${standIn.tag}-${mark.digest("hex").slice(0, 12)}`;
}

/** Images of one tree share it: making it is what takes the time. */
function treeName({ packages, withNode, tool, files }: StandInImage): string {
  const program = tool === undefined ? [] : [programPath(tool)];
  const mark = createHash("sha256").update(JSON.stringify([packages, withNode, files, LEFT_OUT, ...program]));
  return `groundplan-stand-in/tree:${mark.digest("hex").slice(0, 12)}`;
}

async function importTree(standIn: StandInImage, name: string, work: string, env: Env): Promise<void> {
  const source = readAptSource();
  if (source === null) throw new Error("the apt settings of this machine name no source of its own release");
  const tree = join(work, "tree");
  const options = ["--variant=minbase", `--components=${source.components.join(",")}`, `--cache-dir=${packageCache()}`];
  if (standIn.packages.length > 0) options.push(`--include=${standIn.packages.join(",")}`);
  await runProgram("debootstrap", [...options, source.suite, tree, source.mirror]);
  await furnish(tree, standIn);
  const archive = join(work, "tree.tar");
  await runProgram("tar", ["-C", tree, ...LEFT_OUT.map((path) => `--exclude=./${path}`), "-cf", archive, "."]);
  await runProgram("docker", ["import", archive, name], { env });
}

async function furnish(tree: string, standIn: StandInImage): Promise<void> {
  if (standIn.withNode) await copyNode(tree);
  if (standIn.tool !== undefined) copyFileSync(programPath(standIn.tool) ?? "", join(tree, "usr/bin", standIn.tool));
  for (const [path, text] of Object.entries(standIn.files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text, { mode: 0o755 });
  }
}

/** With the libraries that the tree lacks: a Node of the distribution's own is linked to many. */
async function copyNode(tree: string): Promise<void> {
  copyFileSync(process.execPath, join(tree, "usr/local/bin/node"));
  const libraries = (await runProgram("ldd", [process.execPath])).matchAll(/(\/\S+) \(0x/g);
  for (const [, library] of libraries as Iterable<[string, string]>) {
    if (existsSync(join(tree, library))) continue;
    mkdirSync(dirname(join(tree, library)), { recursive: true });
    copyFileSync(library, join(tree, library));
  }
  appendFileSync(join(tree, "etc/passwd"), "node:x:1000:1000::/home/node:/bin/bash\n");
  appendFileSync(join(tree, "etc/group"), "node:x:1000:\n");
  mkdirSync(join(tree, "home/node"));
}
