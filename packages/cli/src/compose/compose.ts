import { type ProgramRunner, plain } from "@groundplan/programs";
import { json } from "../arguments/options.js";
import { command, flag, texts } from "../command.js";
import { listVolumes, needEngine, runOrFail } from "../docker/engine.js";
import { needFiles, openProject } from "../docker/project.js";
import { wantedServices } from "../images/options.js";
import { withDocker } from "../programs/with-programs.js";
import {
  COMPOSE,
  COMPOSE_FILE,
  composeDown,
  composeLogs,
  describeRest,
  findCompose,
  lookAtProject,
  projectLabel,
  renderStatus,
  statusOf,
} from "./project.js";

/** `groundplan compose down`: resolves when the stack's containers and networks are gone. */
export const down = command({
  summary: "Stop the stack and remove its containers; the data stays",
  arguments: [],
  options: { ...COMPOSE, volumes: flag("remove the data too"), ...json("print {stack, folder, volumes}") },
  examples: [
    { line: "compose down", says: "stop it, and keep the data" },
    { line: "compose down --volumes", says: "stop it, and remove the data" },
  ],
  async run(input) {
    const { options, terminal } = input;
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
        await runOrFail(runner, composeDown(compose, { volumes: options.volumes }), stack, {
          onLine(text) {
            const line = plain(text);
            // docker-compose 1.29 says each thing twice, first with an open end.
            if (line !== "" && !line.endsWith("...")) progress.note(line);
          },
        });
        const kept = await volumesOf(runner, projectLabel(project));
        const removed = before.filter((volume) => !kept.includes(volume));
        terminal.out(
          options.json
            ? JSON.stringify({ stack, folder, volumes: { kept, removed } }, null, 2)
            : [`${stack} is down`, ...describeVolumes({ kept, removed }, project.hint("down --volumes"))].join("\n"),
        );
        return 0;
      },
      async stopped(runner, say) {
        say(`stopped halfway; ${describeRest(await lookAtProject(runner, project), project.hint)}`);
        return 1;
      },
    });
  },
});

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

/** `groundplan compose logs`: what the containers printed goes to stdout. */
export const logs = command({
  summary: "Print what the containers have printed",
  arguments: [],
  options: {
    ...COMPOSE,
    follow: flag("go on until Ctrl-C"),
    service: texts("NAME", "only of this component"),
  },
  examples: [{ line: "compose logs --follow --service vote", says: "what one of them prints" }],
  async run(input) {
    const { options, terminal } = input;
    const project = await openProject(input, "compose");
    if (project === null) return 1;
    const names = project.parts.map(({ name }) => name);
    const wanted = wantedServices(options.service, project.opened.plan.stack, names, "component");
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
          composeLogs(compose, { follow: options.follow, color: terminal.color, services }),
          project.opened.plan.stack,
          { onLine },
        );
        return 0;
      },
      // Nobody ends it otherwise: that is no failure.
      stopped: async () => 0,
    });
  },
});

/** `groundplan compose ps`: exit code 1 when something is not healthy. */
export const ps = command({
  summary: "Show the state of every container; exit code 1 if one isn't healthy",
  arguments: [],
  options: { ...COMPOSE, ...json("print [{service, container, state, health, since, address, ready}]") },
  examples: [{ line: "compose ps", says: "how the stack is doing" }],
  async run(input) {
    const { options, terminal } = input;
    const project = await openProject(input, "compose");
    if (project === null) return 1;
    needFiles(project, COMPOSE_FILE, "up");

    return withDocker(input, {
      names: [],
      folder: project.folder,
      async run({ runner }) {
        await needEngine(runner);
        const containers = await lookAtProject(runner, project, false);
        // What was left out of monitoring has no container, and nobody misses it.
        const parts = project.parts.filter(({ name, isMonitoring }) => !isMonitoring || containers.some(({ service }) => service === name));
        const rows = statusOf(parts, containers);
        terminal.out(options.json ? JSON.stringify(rows, null, 2) : renderStatus(rows, Date.now()));
        const wanting = rows.filter(({ ready }) => !ready).map(({ service }) => service);
        if (wanting.length === rows.length) terminal.err(`nothing of the stack is healthy; start it: ${project.hint("up")}`);
        else if (wanting.length > 0)
          terminal.err(`not healthy: ${wanting.join(", ")}; see ${project.hint("logs")} --service ${wanting[0]}`);
        return wanting.length === 0 ? 0 : 1;
      },
      stopped: async () => 1,
    });
  },
});
