import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.js";
import { IS_ROOT } from "./cache-folder.js";
import { type DockerEngine, type MissingEngine, openDockerEngine } from "./docker-engine.js";
import { type Outcome, runProgram, tryProgram } from "./run-program.js";
import { type BaseImage, STAND_IN_IMAGES } from "./stand-in-images.js";

const GROUNDPLAN = fileURLToPath(new URL("../../../cli/bin/groundplan.js", import.meta.url));

/** The first start makes the database; on a busy machine that takes its time. */
const START_SECONDS = 180;

export interface ComposeRunOptions {
  readonly stackFolder: string;
  readonly images: readonly BaseImage[];
  /** The public services, and the programs of monitoring that publish a port: each gets one that is free. */
  readonly publicServices: readonly string[];
  /** Programs of monitoring that no image can be had for. Default: none */
  readonly without?: readonly string[];
}

/** Of RFC 5737: in use nowhere. */
const NEAR = "198.51.100.1";

const FAR = "198.51.100.2";

const PORT = 7;

/**
 * A machine outside: a network namespace behind a router, which is this machine. As on the internet, it knows no way back to a container's
 * own address, so only who is given this machine's address on the way can open a connection to it.
 */
export interface OutsideWorld {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A stack under Compose for a test file, as `groundplan compose` runs it: a project, ports, images and data of its own. */
export class ComposeRun {
  readonly engine: DockerEngine;
  /** With compose.yaml and .env. */
  readonly folder = mkdtempSync(join(tmpdir(), "groundplan-compose-"));
  /** Of the images that are built. */
  readonly tag = `test-${process.pid}`;
  readonly #env: Readonly<Record<string, string>>;
  readonly #stackFolder: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #without: readonly string[];

  /** Nothing is started yet: see `up`. */
  static async open(options: ComposeRunOptions): Promise<ComposeRun | MissingEngine> {
    const compose = await Promise.all([tryProgram("docker", ["compose", "version"]), tryProgram("docker-compose", ["version"])]);
    if (compose.every(({ code }) => code !== 0)) return { missing: "needs docker-compose" };
    const engine = await openDockerEngine(options.images);
    if ("missing" in engine) return engine;
    const ports = new Map<string, number>();
    for (const service of options.publicServices) ports.set(service, await freePort());
    return new ComposeRun(engine, options, ports);
  }

  private constructor(engine: DockerEngine, { stackFolder, without = [] }: ComposeRunOptions, ports: ReadonlyMap<string, number>) {
    this.engine = engine;
    this.#stackFolder = stackFolder;
    this.#ports = ports;
    this.#without = without;
    this.#env = { ...engine.env, COMPOSE_PROJECT_NAME: `groundplan-test-${process.pid}` };
  }

  /** Builds the images, starts everything, and resolves when all is healthy and answers. */
  async up(): Promise<void> {
    const ports = [...this.#ports].flatMap(([service, port]) => ["--port", `${service}=${port}`]);
    const without = this.#without.flatMap((name) => ["--without", name]);
    await this.groundplan("up", "--tag", this.tag, "--timeout", String(START_SECONDS), ...ports, ...without);
  }

  /** `groundplan compose <action>`: resolves with what it printed on stdout. */
  groundplan(action: string, ...words: readonly string[]): Promise<string> {
    const args = [GROUNDPLAN, "compose", action, "--stack", this.#stackFolder, "--out", this.folder, ...words];
    return runProgram(process.execPath, args, { env: this.#env });
  }

  url(service: string): string {
    return `http://127.0.0.1:${this.#ports.get(service)}`;
  }

  /** The container's id; the service has one. */
  async container(service: string): Promise<string> {
    const filters = [`com.docker.compose.project=${this.#env.COMPOSE_PROJECT_NAME}`, `com.docker.compose.service=${service}`];
    const ids = await this.engine.docker(
      "ps",
      "--all",
      "--quiet",
      "--no-trunc",
      ...filters.flatMap((label) => ["--filter", `label=${label}`]),
    );
    return ids.trim();
  }

  /** A value of `docker inspect`, by a template, for example "{{.State.Pid}}" or "{{json .Mounts}}". */
  async inspect(service: string, template: string): Promise<string> {
    return (await this.engine.docker("inspect", "--format", template, await this.container(service))).trim();
  }

  /** What the service's image adds to the Node image that it is built on, in bytes. */
  async addedBytes(service: string): Promise<number> {
    const sizeOf = async (image: string): Promise<number> =>
      Number(await this.engine.docker("image", "inspect", "--format", "{{.Size}}", image));
    return (await sizeOf(await this.inspect(service, "{{.Image}}"))) - (await sizeOf(STAND_IN_IMAGES.node.tag));
  }

  /** Runs a program in the service's container. */
  async exec(service: string, ...command: readonly string[]): Promise<Outcome> {
    return tryProgram("docker", ["exec", await this.container(service), ...command], { env: this.engine.env });
  }

  /** Removes all that it made, then lets go of the engine. */
  async close(): Promise<void> {
    try {
      const label = `label=com.docker.compose.project=${this.#env.COMPOSE_PROJECT_NAME}`;
      await this.#remove(["ps", "--all", "--quiet", "--filter", label], ["rm", "--force", "--volumes"]);
      await this.#remove(["network", "ls", "--quiet", "--filter", label], ["network", "rm"]);
      await this.#remove(["volume", "ls", "--quiet", "--filter", label], ["volume", "rm"]);
      await this.#remove(["images", "--filter", `reference=*/*:${this.tag}`, "--format", "{{.Repository}}:{{.Tag}}"], ["image", "rm"]);
    } finally {
      await this.engine.close();
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  async #remove(list: readonly string[], remove: readonly string[]): Promise<void> {
    const found = (await this.engine.docker(...list)).split("\n").filter(Boolean);
    if (found.length > 0) await this.engine.docker(...remove, ...found);
  }
}

/** `null`: it takes root and the program "ip". */
export async function openOutsideWorld(): Promise<OutsideWorld | null> {
  if (!IS_ROOT || (await tryProgram("ip", ["-V"])).code !== 0) return null;
  const name = `gptest${process.pid}`;
  const ip = (line: string): Promise<string> => runProgram("ip", line.split(" "));
  await ip(`netns add ${name}`);
  try {
    await ip(`link add ${name} type veth peer name eth0 netns ${name}`);
    await ip(`address add ${NEAR}/30 dev ${name}`);
    await ip(`link set ${name} up`);
    await ip(`-n ${name} address add ${FAR}/30 dev eth0`);
    await ip(`-n ${name} link set eth0 up`);
    const program = `require("node:net").createServer((socket) => socket.end()).listen(${PORT}, () => console.log("listening"))`;
    const listener = spawn("ip", ["netns", "exec", name, process.execPath, "--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(listener.stdout, "data");
    return {
      address: FAR,
      port: PORT,
      async close() {
        listener.kill("SIGKILL");
        await ip(`netns delete ${name}`);
      },
    };
  } catch (error) {
    await ip(`netns delete ${name}`);
    throw error;
  }
}
