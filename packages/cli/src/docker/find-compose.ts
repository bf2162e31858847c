import { UserError } from "@groundplan/model";
import type { CommandLine, ProgramRunner } from "@groundplan/programs";

/** What a Compose command line starts with. */
export type Compose = CommandLine;

const PLUGIN: Compose = { program: "docker", args: ["compose"] };
const STANDALONE: Compose = { program: "docker-compose", args: [] };

/**
 * The plugin `docker compose` where it is installed, else the program `docker-compose` (1.29 and newer).
 *
 * @throws UserError when there is neither.
 */
export async function findCompose(runner: ProgramRunner): Promise<Compose> {
  for (const compose of [PLUGIN, STANDALONE]) {
    const { code } = await runner.run({ ...compose, args: [...compose.args, "version"] }, { quiet: true });
    if (code === 0) return compose;
  }
  throw new UserError({
    message: "this machine has neither docker compose nor docker-compose",
    fix: "install the plugin: https://docs.docker.com/compose/install/ (or apt-get install docker-compose)",
  });
}
