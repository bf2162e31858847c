import type { CommandLine } from "@groundplan/programs";
import type { Compose } from "../docker/find-compose.js";

function compose({ program, args }: Compose, ...words: readonly string[]): CommandLine {
  return { program, args: [...args, ...words] };
}

/**
 * `env`: TAG and the published ports, which the file takes from the environment. The images are there: nothing is built on the way.
 *
 * @param services Default: all
 */
export const composeUp = (driver: Compose, env: Readonly<Record<string, string>>, services: readonly string[] = []): CommandLine => ({
  ...compose(driver, "up", "--detach", "--no-build", ...services),
  env,
});

export const composeDown = (driver: Compose, options: { readonly volumes: boolean }): CommandLine =>
  compose(driver, "down", ...(options.volumes ? ["--volumes"] : []));

export interface LogOptions {
  readonly follow: boolean;
  /** docker-compose 1.29 colours even what goes to a file, unless it is told not to. */
  readonly color: boolean;
  /** None: all. */
  readonly services: readonly string[];
}

export const composeLogs = (driver: Compose, { follow, color, services }: LogOptions): CommandLine =>
  compose(driver, "logs", ...(color ? [] : ["--no-color"]), ...(follow ? ["--follow"] : []), ...services);
