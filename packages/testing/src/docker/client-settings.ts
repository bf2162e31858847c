import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { programPath } from "../programs.js";
import { tryProgram } from "./run-program.js";

/** What `docker` runs as commands of its own, and the tool of the tests that it is. */
const PLUGINS = { compose: "docker-compose-2", buildx: "docker-buildx" } as const;

/**
 * Settings of the docker program with the plugins that were made for the tests, where it has none. All else is the user's own: logins,
 * proxies, contexts.
 *
 * @param folder For these settings, kept between runs; others may be using it.
 * @returns Variables for programs that run docker.
 */
export async function clientSettings(folder: string): Promise<Readonly<Record<string, string>>> {
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
