import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const IS_ROOT = process.getuid?.() === 0;

/** What is kept between runs: the tests' own engine with its images. Short, for a socket's path may have 107 characters. */
export function cacheFolder(): string {
  const folder = IS_ROOT
    ? "/var/cache/groundplan-tests"
    : join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "groundplan-tests");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Debian packages that were fetched for one image, for the next one: the smallest system is in all of them. */
export function packageCache(): string {
  const folder = join(cacheFolder(), "packages");
  mkdirSync(folder, { recursive: true });
  return folder;
}
