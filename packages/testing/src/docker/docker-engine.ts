import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { missingProgram, programPath } from "../programs.js";
import { until } from "../until.js";
import { readAptSource } from "./apt-source.js";
import { cacheFolder, packageCache } from "./cache-folder.js";
import { OwnEngine } from "./own-engine.js";
import { processLives } from "./process-lives.js";
import { runProgram, tryProgram } from "./run-program.js";
import { type BaseImage, STAND_IN_IMAGES, type StandInImage } from "./stand-in-images.js";

/** A Docker engine for a test file. */
export interface DockerEngine {
  /** For programs that talk to it: `{ ...process.env, ...engine.env }`. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the tests started it: then they may do with it what they like, a swarm for one. */
  readonly isOwn: boolean;
  /** Runs the docker program, and resolves with what it printed. Rejects with its last lines when it fails. */
  docker(...args: readonly string[]): Promise<string>;
  /** Whether any process of these tests uses it now. */
  hasUsers(): boolean;
  /** The last user of the tests' own engine ends it; its images stay. */
  close(): Promise<void>;
}

/** What the machine lacks, as tests say it when they skip. */
export interface MissingEngine {
  readonly missing: string;
}

/** Making all images of a machine takes some minutes. */
const LIMIT_MS = 600_000;

/** What `docker` runs as commands of its own, and the tool of the tests that it is. */
const PLUGINS = { compose: "docker-compose-2", buildx: "docker-buildx" } as const;

type Env = Readonly<Record<string, string>>;

/** A registry that can be reached names the image within that time. */
const ANSWER_LIMIT_MS = 10_000;

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

/**
 * The engine that this machine runs (DOCKER_HOST selects it), or one of the tests' own, started by root, with a socket and data of its own
 * that are kept between runs: Engine 28 where it was made (npm run tools), else Debian's. It has the images that are asked for: the public
 * ones, or stand-ins where no registry is in reach. To be opened once in a process.
 */
export async function openDockerEngine(images: readonly BaseImage[]): Promise<DockerEngine | MissingEngine> {
  const noDocker = missingProgram("docker");
  if (noDocker !== null) return { missing: noDocker };
  const isOwn = (await tryProgram("docker", ["version"])).code !== 0;
  const found = isOwn ? OwnEngine.find() : { dockerd: "", version: "" };
  if ("missing" in found) return found;
  // An engine does not read what a newer one has written.
  const folder = join(cacheFolder(), isOwn ? `engine-${found.version}` : "machine");
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, "lock");
  const own = new OwnEngine(folder, found.dockerd);
  const users = new Users(join(folder, "users"));
  const env: Readonly<Record<string, string>> = {
    ...(await clientSettings(join(folder, "client"))),
    ...(isOwn ? { DOCKER_HOST: own.host } : {}),
  };

  const close = (): Promise<void> =>
    withLock(lock, async () => {
      users.leave();
      if (users.any()) return;
      await (isOwn ? own.stop() : withdrawStandIns(env));
    });
  const missing = await withLock(lock, async () => {
    users.enter();
    if (isOwn) await own.start();
    return provideImages(images, env);
  }).catch(async (error) => {
    await close();
    throw error;
  });
  if (missing !== null) {
    await close();
    return { missing };
  }
  return { env, isOwn, docker: (...args) => runProgram("docker", args, { env }), hasUsers: () => users.any(), close };
}

/** An engine for one test, with nothing in it and no network: for what is said by an engine that nobody has used. Ended by `close`. */
export async function openEmptyEngine(): Promise<DockerEngine | MissingEngine> {
  const missing = missingProgram("docker", "unshare");
  const found = OwnEngine.find();
  if (missing !== null) return { missing };
  if ("missing" in found) return found;
  // Short, for a socket's path may have 107 characters.
  const folder = mkdtempSync(join(cacheFolder(), "empty-"));
  const own = new OwnEngine(folder, found.dockerd, true);
  await own.start();
  const env = { DOCKER_HOST: own.host };
  const close = async (): Promise<void> => {
    await own.stop();
    // It mounts its data on itself, and leaves it so.
    await tryProgram("umount", [join(folder, "data")]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { env, isOwn: true, docker: (...args) => runProgram("docker", args, { env }), hasUsers: () => true, close };
}

/** The processes that use the engine now: test files may run side by side, and the last one ends it. */
export class Users {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  enter(): void {
    writeFileSync(join(this.#folder, String(process.pid)), "");
  }

  leave(): void {
    rmSync(join(this.#folder, String(process.pid)), { force: true });
  }

  /** Whether any is left; those that died without leaving do not count. */
  any(): boolean {
    for (const pid of readdirSync(this.#folder)) {
      if (processLives(Number(pid))) return true;
      rmSync(join(this.#folder, pid));
    }
    return false;
  }
}

/** One process of this machine at a time does the work; a lock whose holder died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    // A link appears whole, with the holder's id in it.
    await until(`${path} is free`, () => tryLink(own, path), LIMIT_MS);
  } finally {
    rmSync(own);
  }
  try {
    return await work();
  } finally {
    rmSync(path);
  }
}

function tryLink(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch {
    if (!processLives(Number(readFileSync(path, "utf8")))) rmSync(path, { force: true });
    return false;
  }
}

/**
 * Settings of the docker program with the plugins that were made for the tests, where it has none. All else is the user's own: logins,
 * proxies, contexts.
 *
 * @param folder For these settings, kept between runs; others may be using it.
 * @returns Variables for programs that run docker.
 */
async function clientSettings(folder: string): Promise<Readonly<Record<string, string>>> {
  const has = await Promise.all(Object.keys(PLUGINS).map(async (name) => (await tryProgram("docker", [name, "version"])).code === 0));
  const made = Object.entries(PLUGINS).flatMap(([name, tool]) => {
    const path = programPath(tool);
    return path === null ? [] : [[`docker-${name}`, path] as const];
  });
  if (made.length === 0 || has.every(Boolean)) return {};
  const plugins = join(folder, "cli-plugins");
  mkdirSync(plugins, { recursive: true });
  for (const [name, path] of made) link(path, join(plugins, name));
  const own = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const settings = existsSync(own) ? readdirSync(own).filter((name) => name !== "cli-plugins") : [];
  for (const name of settings) link(join(own, name), join(folder, name));
  // A docker program of before 23 builds without BuildKit, unless it is told to.
  return { DOCKER_CONFIG: folder, DOCKER_BUILDKIT: "1" };
}

/** Puts a link there in place of what is there, at once. */
function link(target: string, path: string): void {
  try {
    if (readlinkSync(path) === target) return;
  } catch {
    // There is none yet.
  }
  const next = `${path}.${process.pid}`;
  symlinkSync(target, next);
  renameSync(next, path);
}

/**
 * Sees to it that the engine has the images under their public names: they are there, or a stand-in that was made before, or they can be
 * pulled, or stand-ins are made. Stand-ins are kept under names of their own; the public name is lent to them, and never taken from an image
 * that is none. Returns what is missing to make them, or `null`.
 */
async function provideImages(images: readonly BaseImage[], env: Env): Promise<string | null> {
  for (const image of images) {
    const { tag } = STAND_IN_IMAGES[image];
    const ownName = nameOfStandIn(image);
    const present = await idOf(tag, env);
    const made = await idOf(ownName, env);
    const isOutdated = present !== null && present !== made && (await labelOf(tag, env)) === tag;
    if (present !== null && !isOutdated) continue;
    if (made === null) {
      if (!isOutdated && (await tryPull(tag, env))) continue;
      const { tool } = STAND_IN_IMAGES[image];
      const missing = missingProgram("root", "debootstrap", ...(tool === undefined ? [] : [tool]));
      if (missing !== null) return missing;
      process.stderr.write(`${tag} cannot be pulled: making a stand-in from this machine's packages (once, about a minute) ...\n`);
      try {
        await makeStandIn(image, ownName, env);
      } catch (error) {
        process.stderr.write(`${(error as Error).message}\n`);
        return `needs the image ${tag}, which can neither be pulled nor made here (see above)`;
      }
    }
    await runProgram("docker", ["tag", ownName, tag], { env });
    process.stderr.write(`${tag} is a stand-in here: see packages/testing/src/docker/stand-in-images.ts for how it differs\n`);
  }
  return null;
}

/** Takes the public names from the stand-ins: on an engine with other users none may take them for the real ones. */
async function withdrawStandIns(env: Env): Promise<void> {
  for (const { tag } of Object.values(STAND_IN_IMAGES)) {
    if ((await labelOf(tag, env)) === tag) await runProgram("docker", ["image", "rm", "--no-prune", tag], { env });
  }
}

async function idOf(name: string, env: Env): Promise<string | null> {
  const { code, stdout } = await tryProgram("docker", ["image", "inspect", "--format", "{{.Id}}", name], { env });
  return code === 0 ? stdout.trim() : null;
}

async function labelOf(name: string, env: Env): Promise<string> {
  const format = '{{index .Config.Labels "groundplan.stand-in"}}';
  return (await tryProgram("docker", ["image", "inspect", "--format", format, name], { env })).stdout.trim();
}

/** Pulls an image; gives up soon where no registry can be reached, and takes its time where one can. Returns whether it is there. */
async function tryPull(tag: string, env: Env): Promise<boolean> {
  const child = spawn("docker", ["pull", tag], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), ANSWER_LIMIT_MS);
  // The first line is "<tag>: Pulling from <repository>".
  child.stdout.once("data", () => clearTimeout(timer));
  child.stdout.resume();
  const [code] = await once(child, "close");
  clearTimeout(timer);
  return code === 0;
}

/** Makes an image from this machine's packages under a name. Needs root and debootstrap; takes about a minute. */
async function makeStandIn(image: BaseImage, name: string, env: Env): Promise<void> {
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

/** What a stand-in is kept under until what it is made of changes. */
function nameOfStandIn(image: BaseImage): string {
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
