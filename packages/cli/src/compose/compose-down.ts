import type { ProgramRunner } from "@groundplan/programs";
import { plain } from "@groundplan/programs";
import type { CommandInput, ExitCode } from "../command.js";
import { listVolumes } from "../docker/docker-commands.js";
import { needFiles, openProject } from "../docker/docker-project.js";
import { runOrFail } from "../docker/failed-command.js";
import { findCompose } from "../docker/find-compose.js";
import { needEngine } from "../docker/need-engine.js";
import { withDocker } from "../docker/with-docker.js";
import { composeDown } from "./compose-commands.js";
import { COMPOSE_FILE, describeRest, lookAtProject, projectLabel } from "./compose-project.js";

/** `groundplan compose down`: resolves when the stack's containers and networks are gone. */
export async function runComposeDown(input: CommandInput): Promise<ExitCode> {
  const { arguments: given, terminal } = input;
  const project = await openProject(input, "compose");
  if (project === null) return 1;
  needFiles(project, COMPOSE_FILE, "up");
  const { opened, folder, shownFolder } = project;
  const { stack } = opened.plan;

  return withDocker(input, {
    names: [],
    folder,
    async run({ runner, progress }) {
      await needEngine(runner);
      const compose = await findCompose(runner);
      progress.note(`$ cd ${shownFolder}`);
      const before = await volumesOf(runner, projectLabel(project));
      await runOrFail(runner, composeDown(compose, { volumes: given.flag("volumes") }), stack, {
        onLine(text) {
          const line = plain(text);
          // docker-compose 1.29 says each thing twice, first with an open end.
          if (line !== "" && !line.endsWith("...")) progress.note(line);
        },
      });
      const kept = await volumesOf(runner, projectLabel(project));
      const removed = before.filter((volume) => !kept.includes(volume));
      terminal.out(
        given.flag("json")
          ? JSON.stringify({ stack, folder, volumes: { kept, removed } }, null, 2)
          : [`${stack} is down`, ...describeVolumes({ kept, removed }, project.hint("down --volumes"))].join("\n"),
      );
      return 0;
    },
    async stopped(runner, say) {
      say(`stopped in the middle; ${describeRest(await lookAtProject(runner, project), project.hint)}`);
      return 1;
    },
  });
}

async function volumesOf(runner: ProgramRunner, label: string): Promise<readonly string[]> {
  const { stdout } = await runOrFail(runner, listVolumes(label), label, { quiet: true });
  return stdout
    .split("\n")
    .filter((name) => name !== "")
    .sort();
}

export interface VolumesLeft {
  readonly kept: readonly string[];
  readonly removed: readonly string[];
}

export function describeVolumes({ kept, removed }: VolumesLeft, removeCommand: string): readonly string[] {
  return [
    ...(removed.length === 0 ? [] : [`removed with its data: ${removed.join(", ")}`]),
    ...(kept.length === 0 ? [] : [`its data is kept in ${kept.join(", ")} (to remove it: ${removeCommand})`]),
  ];
}
