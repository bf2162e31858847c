import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { missingProgram, pathWithPrograms, programPath } from "../programs.js";
import { until } from "../until.js";
import { processLives } from "./process-lives.js";
import { runProgram, tryProgram } from "./run-program.js";

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 60_000;

/** A dockerd with a socket and data of its own in a folder: no other engine and nothing in it is touched. */
export class OwnEngine {
  /** The one that was made for the tests, else Debian's. Both need Debian's containerd, runc and iptables. */
  static find(): { readonly dockerd: string; readonly version: "28" | "20" } | { readonly missing: string } {
    const missing = missingProgram("root", "containerd", "runc", "iptables");
    if (missing !== null) return { missing };
    const [made, debians] = [programPath("dockerd-28"), programPath("dockerd")];
    if (made !== null) return { dockerd: made, version: "28" };
    return debians === null ? { missing: missingProgram("dockerd") ?? "" } : { dockerd: debians, version: "20" };
  }

  readonly host: string;
  readonly #folder: string;
  readonly #dockerd: string;
  readonly #apart: boolean;

  /**
   * @param apart It gets a network of its own, without a way out: two engines in one network take each other's bridge and rules. Default: false
   */
  constructor(folder: string, dockerd: string, apart = false) {
    this.#folder = folder;
    this.#dockerd = dockerd;
    this.#apart = apart;
    this.host = `unix://${join(folder, "docker.sock")}`;
  }

  /** Resolves when it answers; at once when another process of these tests has started it. */
  async start(): Promise<void> {
    if (await this.#answers()) return;
    mkdirSync(this.#folder, { recursive: true });
    // Left by an engine that was killed: its number may belong to another process by now, and dockerd would refuse to start.
    rmSync(this.#path("pid"), { force: true });
    const log = openSync(this.#path("log"), "w");
    const args = [
      "--host",
      this.host,
      "--data-root",
      this.#path("data"),
      "--exec-root",
      this.#path("exec"),
      "--pidfile",
      this.#path("pid"),
      ...(this.#apart ? ["--bridge=none"] : []),
      // A stack has a network for each link: two of them side by side, and what a killed run left, would use Docker's 31 up.
      ...["base=172.17.0.0/16,size=16", "base=10.99.0.0/16,size=24"].flatMap((pool) => ["--default-address-pool", pool]),
    ];
    // In a session of its own: Ctrl-C on the tests must not end it while another process uses it.
    const env = { ...process.env, PATH: pathWithPrograms(this.#dockerd) };
    // unshare becomes the program that it starts.
    const [program = "", ...rest] = [...(this.#apart ? ["unshare", "--net", "--"] : []), this.#dockerd, ...args];
    const child = spawn(program, rest, { stdio: ["ignore", log, log], detached: true, env });
    child.unref();
    await until("the engine answers", async () => child.exitCode !== null || (await this.#answers()), START_LIMIT_MS);
    if (child.exitCode !== null) throw new Error(`dockerd ended with ${child.exitCode}:\n${this.#lastLog()}`);
    await this.#clean();
  }

  async stop(): Promise<void> {
    if (!existsSync(this.#path("pid"))) return;
    const pid = Number(readFileSync(this.#path("pid"), "utf8"));
    process.kill(pid, "SIGTERM");
    await until("the engine has ended", () => !processLives(pid), STOP_LIMIT_MS);
  }

  /** What a run that was killed has left; nobody uses the engine yet. */
  async #clean(): Promise<void> {
    const env = { DOCKER_HOST: this.host };
    await tryProgram("docker", ["swarm", "leave", "--force"], { env });
    const containers = (await runProgram("docker", ["ps", "--all", "--quiet"], { env })).split("\n").filter(Boolean);
    if (containers.length > 0) await runProgram("docker", ["rm", "--force", "--volumes", ...containers], { env });
    await runProgram("docker", ["network", "prune", "--force"], { env });
    const volumes = (await runProgram("docker", ["volume", "ls", "--quiet"], { env })).split("\n").filter(Boolean);
    if (volumes.length > 0) await runProgram("docker", ["volume", "rm", "--force", ...volumes], { env });
  }

  async #answers(): Promise<boolean> {
    return (await tryProgram("docker", ["version"], { env: { DOCKER_HOST: this.host } })).code === 0;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #lastLog(): string {
    return readFileSync(this.#path("log"), "utf8").trimEnd().split("\n").slice(-10).join("\n");
  }
}
