import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DockerEngine, type MissingEngine, MONITORING_STAND_INS, openDockerEngine, runProgram, until } from "@groundplan/testing";
import pg from "pg";
import { parse, stringify } from "yaml";
import { Entrance } from "./containers-entrance.js";

const GROUNDPLAN = fileURLToPath(new URL("../../../../packages/cli/bin/groundplan.js", import.meta.url));
const STACK_FOLDER = fileURLToPath(new URL("../..", import.meta.url));
const STACK = "voting";
const LABEL = `com.docker.stack.namespace=${STACK}`;
const REPLICAS: Readonly<Record<string, number>> = { db: 1, redis: 1, vote: 2, worker: 2, result: 1 };
const MONITORING = ["prometheus", "alertmanager", "node-exporter", "db-exporter", "redis-exporter"];
/** Management, and gossip between nodes: https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts */
const SWARM_PORTS = [2377, 7946];
const UP_LIMIT_MS = 180_000;

/** A running copy of a service whose health is good. */
export interface Task {
  readonly container: string;
  /** Of services that publish a port. */
  readonly url: string | null;
}

/** The voting stack as a swarm of the tests' own engine runs it, from the generated files. */
export class SwarmRun {
  readonly engine: DockerEngine;
  readonly #folder = mkdtempSync(join(tmpdir(), "groundplan-swarm-"));
  readonly #tag = `test-${process.pid}`;
  #entrance: Entrance | null = null;
  #relay: ChildProcess | null = null;
  #pool: pg.Pool | null = null;

  static async open(): Promise<SwarmRun | MissingEngine> {
    const engine = await openDockerEngine(["node", "redis", "postgres", ...MONITORING_STAND_INS]);
    if ("missing" in engine) return engine;
    const missing = await whyNoSwarm(engine);
    if (missing === null) return new SwarmRun(engine);
    await engine.close();
    return { missing };
  }

  private constructor(engine: DockerEngine) {
    this.engine = engine;
  }

  get voteUrl(): string {
    return (this.#entrance as Entrance).url;
  }

  get pool(): pg.Pool {
    return this.#pool as pg.Pool;
  }

  /** Builds, deploys, and resolves when every copy is healthy. */
  async deploy(): Promise<void> {
    await this.#groundplan("build", "--tag", this.#tag);
    await this.#groundplan("synth", "swarm", "--out", this.#folder);
    const file = join(this.#folder, "stack.test.yaml");
    writeFileSync(file, withoutIngress(readFileSync(join(this.#folder, "stack.yaml"), "utf8")));
    if (await isInSwarm(this.engine)) await this.#remove();
    else await this.engine.docker("swarm", "init", "--advertise-addr", "127.0.0.1");
    await runProgram("docker", ["stack", "deploy", "--compose-file", file, "--resolve-image", "never", STACK], {
      env: { ...this.engine.env, TAG: this.#tag },
    });
    try {
      for (const [service, replicas] of [...Object.entries(REPLICAS), ...MONITORING.map((name) => [name, 1] as const)]) {
        await until(`${service} is healthy`, async () => (await this.healthyTasks(service)).length === replicas, UP_LIMIT_MS);
      }
    } catch (error) {
      throw new Error(await this.engine.docker("stack", "ps", "--no-trunc", STACK), { cause: error });
    }
    this.#entrance = await Entrance.open(async () => (await this.healthyTasks("vote")).map((task) => task.url as string));
    await this.#openDatabase();
  }

  async healthyTasks(service: string): Promise<readonly Task[]> {
    const filters = ["--filter", `label=com.docker.swarm.service.name=${STACK}_${service}`, "--filter", "health=healthy"];
    const ids = (await this.engine.docker("ps", "--quiet", "--no-trunc", ...filters)).split("\n").filter(Boolean);
    if (ids.length === 0) return [];
    const format = "{{.Id}}{{range .NetworkSettings.Ports}}{{range .}} {{.HostPort}}{{end}}{{end}}";
    const lines = (await this.engine.docker("inspect", "--format", format, ...ids)).trim().split("\n");
    return lines.map((line) => {
      const [container, port] = line.split(" ");
      return { container: container as string, url: port === undefined ? null : `http://127.0.0.1:${port}` };
    });
  }

  /** Of a service with one task. */
  async urlOf(service: string): Promise<string> {
    return (await this.healthyTasks(service))[0]?.url as string;
  }

  /** Starts a rolling update. */
  async update(service: string): Promise<void> {
    const next = `${STACK}/${service}:${this.#tag}-next`;
    await this.engine.docker("tag", `${STACK}/${service}:${this.#tag}`, next);
    await this.engine.docker("service", "update", "--detach", "--no-resolve-image", "--image", next, `${STACK}_${service}`);
  }

  /** As Swarm calls it: "updating", "completed", "rollback_started" and so on. */
  async updateState(service: string): Promise<string> {
    return (await this.engine.docker("service", "inspect", "--format", "{{.UpdateStatus.State}}", `${STACK}_${service}`)).trim();
  }

  /** What became of each of its tasks, and what the health checks of those that run said: for the message of a test that failed. */
  async story(service: string): Promise<string> {
    const name = `${STACK}_${service}`;
    const tasks = await this.engine.docker("service", "ps", "--no-trunc", name);
    const containers = await this.#all("ps", "--quiet", "--filter", `label=com.docker.swarm.service.name=${name}`);
    const states = await Promise.all(containers.map((id) => this.engine.docker("inspect", "--format", "{{.Name}} {{json .State}}", id)));
    return [await this.updateState(service), tasks, ...states].join("\n");
  }

  secretValues(): readonly string[] {
    const folder = join(this.#folder, "secrets");
    return readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8").trim());
  }

  /** Removes all that it made, then lets go of the engine. */
  async close(): Promise<void> {
    try {
      await this.#pool?.end();
      this.#relay?.kill();
      this.#entrance?.close();
      await this.#remove();
      const images = await this.#all("images", "--filter", `reference=${STACK}/*:${this.#tag}*`, "--format", "{{.Repository}}:{{.Tag}}");
      for (const image of images) await this.engine.docker("image", "rm", image);
    } finally {
      await this.engine.close();
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  /**
   * All of the stack, also of a run that was killed. The engine stays in the swarm until it is started anew: who leaves one makes it forget the
   * names of all its containers (Docker 20.10 to 28), also of those that other test files run, which then find each other no more.
   */
  async #remove(): Promise<void> {
    await this.engine.docker("stack", "rm", STACK).catch(() => "");
    const containers = () => this.#all("ps", "--all", "--quiet", "--filter", `label=${LABEL}`);
    await until("its containers are gone", async () => (await containers()).length === 0, 60_000);
    for (const volume of await this.#all("volume", "ls", "--quiet", "--filter", `label=${LABEL}`))
      await this.engine.docker("volume", "rm", volume);
  }

  async #all(...list: readonly string[]): Promise<readonly string[]> {
    return (await this.engine.docker(...list)).split("\n").filter(Boolean);
  }

  #groundplan(command: string, ...words: readonly string[]): Promise<string> {
    return runProgram(process.execPath, [GROUNDPLAN, command, ...words, "--stack", STACK_FOLDER], { env: this.engine.env });
  }

  /** Its network lets nobody in, not even this machine: a relay inside it leads to a socket file. */
  async #openDatabase(): Promise<void> {
    const [db] = await this.healthyTasks("db");
    const pid = (await this.engine.docker("inspect", "--format", "{{.State.Pid}}", db?.container as string)).trim();
    const relay = `require("node:net").createServer((client) => {
      const server = require("node:net").connect(5432, "127.0.0.1");
      client.pipe(server).pipe(client);
      for (const end of [client, server]) end.on("error", () => { client.destroy(); server.destroy(); });
    }).listen(process.argv[1])`;
    const socket = join(this.#folder, ".s.PGSQL.5432");
    this.#relay = spawn("nsenter", ["--target", pid, "--net", process.execPath, "--eval", relay, socket], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const url = readFileSync(join(this.#folder, "secrets", "worker-db-url"), "utf8").trim();
    const { username, password, pathname } = new URL(url);
    this.#pool = new pg.Pool({ host: this.#folder, user: username, password: decodeURIComponent(password), database: pathname.slice(1) });
    const pool = this.#pool;
    pool.on("error", () => undefined); // What breaks a connection, the next query tells.
    await until("the database answers", () => pool.query("SELECT 1"));
  }
}

/** By these tests: no other swarm is on an engine of their own. */
async function isInSwarm({ docker }: DockerEngine): Promise<boolean> {
  return (await docker("info", "--format", "{{.Swarm.LocalNodeState}}")).trim() === "active";
}

async function whyNoSwarm(engine: DockerEngine): Promise<string | null> {
  if (!engine.isOwn) return "needs a Docker engine of its own: tests make no swarm of the machine's";
  if (await isInSwarm(engine)) return null;
  for (const port of SWARM_PORTS) {
    if (!(await isFree(port))) return `needs port ${port}, which Swarm has on every node`;
  }
  return null;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once("error", () => resolve(false))
      .listen(port, () => server.close(() => resolve(true)));
  });
}

/** What is changed of a stack file. */
interface StackFile {
  readonly services: Record<string, { deploy: object; ports?: readonly (string | object)[]; networks: readonly string[] }>;
  readonly networks: Record<string, object>;
}

/**
 * The stack file for a kernel without IPVS, which Swarm's own load balancing needs: tasks are found by DNS and publish ports of their own
 * on this machine. That takes a network that is not internal. Grafana is left out: Debian has no package of it. All else is as generated.
 */
function withoutIngress(text: string): string {
  const file = parse(text, { merge: true }) as StackFile;
  delete file.services.grafana;
  file.networks["test-entrance"] = { driver: "overlay" };
  for (const service of Object.values(file.services)) {
    service.deploy = { ...service.deploy, endpoint_mode: "dnsrr" };
    if (service.ports === undefined) continue;
    // As it is written there: "<published>:<target>".
    service.ports = service.ports.map((port) => ({ target: Number(String(port).split(":").at(-1)), mode: "host" }));
    service.networks = [...service.networks, "test-entrance"];
  }
  return stringify(file);
}
