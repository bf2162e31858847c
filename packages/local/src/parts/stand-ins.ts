import type { Plan } from "@groundplan/model";
import { UserError } from "@groundplan/model";

/** Component that does not run here -> the one that serves its clients instead. */
export type StandIns = ReadonlyMap<string, string>;

const INSTALL = "install redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or valkey-server";

/**
 * Who serves the clients of the stack's Redis components on a machine without a Redis server.
 *
 * @throws UserError when one of them has no stand-in.
 */
export function standInsWithoutRedis(plan: Plan): StandIns {
  const standIns = new Map<string, string>();
  const missing: string[] = [];
  for (const { name, source } of plan.components) {
    if (source.kind !== "redis") continue;
    if (source.standIn === null) missing.push(name);
    else standIns.set(name, source.standIn);
  }
  if (missing.length > 0) {
    throw new UserError(
      missing.map((name) => ({
        message: `${name} needs a Redis server, and this machine has none`,
        fix: `${INSTALL}, or give ${name} a standIn in the stack file`,
      })),
    );
  }
  return standIns;
}

export const standInNote = (name: string, standIn: string): string =>
  `no redis-server here: the clients of ${name} use ${standIn} instead (install redis-server for the fast queue)`;
