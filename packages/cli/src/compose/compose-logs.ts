import { wantedServices } from "../build/build-options.js";
import type { CommandInput, ExitCode } from "../command.js";
import { needFiles, openProject } from "../docker/docker-project.js";
import { runOrFail } from "../docker/failed-command.js";
import { findCompose } from "../docker/find-compose.js";
import { needEngine } from "../docker/need-engine.js";
import { withDocker } from "../docker/with-docker.js";
import { composeLogs } from "./compose-commands.js";
import { COMPOSE_FILE } from "./compose-project.js";

/** `groundplan compose logs`: what the containers printed goes to stdout. */
export async function runComposeLogs(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const project = await openProject(input, "compose");
  if (project === null) return 1;
  const names = project.parts.map(({ name }) => name);
  const wanted = wantedServices(given, project.opened.plan, names, "component");
  needFiles(project, COMPOSE_FILE, "up");
  const services = wanted.length === names.length ? [] : wanted;

  return withDocker(input, {
    names: [],
    folder: project.folder,
    async run({ runner, progress }) {
      await needEngine(runner);
      const compose = await findCompose(runner);
      progress.note(`$ cd ${project.shownFolder}`);
      const onLine = (text: string, stream: "stdout" | "stderr") => (stream === "stdout" ? terminal.out(text) : progress.note(text));
      await runOrFail(
        runner,
        composeLogs(compose, { follow: given.flag("follow"), color: terminal.color, services }),
        project.opened.plan.stack,
        { onLine },
      );
      return 0;
    },
    // Nobody ends it otherwise: that is no failure.
    stopped: async () => 0,
  });
}
