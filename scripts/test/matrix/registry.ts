import { execFileSync, spawnSync } from "node:child_process";
import { environment } from "./start.js";

/** For `test(name, { skip: needsRegistry() }, ...)`. */
export function needsRegistry(): string | false {
  const { status } = spawnSync("npm", ["view", "typescript", "name", "--fetch-retries=0"], { env: environment(), timeout: 60_000 });
  return status === 0 ? false : "needs npm's registry";
}

/** Lets npm take what it can from the cache of the user who runs the tests, whatever else is different for it. */
export function fromUsersCache(): Readonly<Record<string, string>> {
  const cache = execFileSync("npm", ["config", "get", "cache"], { encoding: "utf8", env: environment() }).trim();
  return { npm_config_cache: cache, npm_config_prefer_offline: "true" };
}
