import { join } from "node:path";
import { provideImages, withdrawStandIns } from "./base-images.js";
import { cacheFolder } from "./cache-folder.js";
import { OwnEngine } from "./own-engine.js";
import { runProgram, tryProgram } from "./run-program.js";
import type { BaseImage } from "./stand-in-images.js";
import { Users } from "./users.js";
import { withLock } from "./with-lock.js";

/** A Docker engine for a test file. */
export interface DockerEngine {
  /** For programs that talk to it: `{ ...process.env, ...engine.env }`. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the tests started it: then they may do with it what they like, a swarm for one. */
  readonly isOwn: boolean;
  /** Runs the docker program, and resolves with what it printed. Rejects with its last lines when it fails. */
  docker(...args: readonly string[]): Promise<string>;
  /** The last user of the tests' own engine ends it; its images stay. */
  close(): Promise<void>;
}

/** What the machine lacks, as tests say it when they skip. */
export interface MissingEngine {
  readonly missing: string;
}

/**
 * The engine that this machine runs (DOCKER_HOST selects it), or Debian's dockerd, started for the tests by root, with a socket and data
 * of its own that are kept between runs. It has the images that are asked for: the public ones, or stand-ins where no registry is in reach.
 * To be opened once in a process.
 */
export async function openDockerEngine(images: readonly BaseImage[]): Promise<DockerEngine | MissingEngine> {
  const folder = cacheFolder();
  const lock = join(folder, "lock");
  const own = new OwnEngine(join(folder, "engine"));
  const users = new Users(join(folder, "users"));
  const isOwn = (await tryProgram("docker", ["version"])).code !== 0;
  if (isOwn && !(await OwnEngine.canStart())) return { missing: "needs a Docker engine" };
  const env: Readonly<Record<string, string>> = isOwn ? { DOCKER_HOST: own.host } : {};

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
  return { env, isOwn, docker: (...args) => runProgram("docker", args, { env }), close };
}
