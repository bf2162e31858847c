import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { missingProgram } from "../programs.js";
import { provideImages, withdrawStandIns } from "./base-images.js";
import { cacheFolder } from "./cache-folder.js";
import { clientSettings } from "./client-settings.js";
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
  /** Whether any process of these tests uses it now. */
  hasUsers(): boolean;
  /** The last user of the tests' own engine ends it; its images stay. */
  close(): Promise<void>;
}

/** What the machine lacks, as tests say it when they skip. */
export interface MissingEngine {
  readonly missing: string;
}

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
