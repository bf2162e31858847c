import { buildOf, type PlannedComponent } from "@groundplan/model";
import { shell } from "../markdown/markdown.js";
import type { OutputPlace } from "../target.js";
import type { ContainerPlan } from "./container-plan.js";
import { commandLine, shellWord, sourceFolder } from "./source-folder.js";

/** Parts that the README.md of Compose and of Swarm have in common. */

/** The commands that make ready what the Dockerfiles copy; empty when there are none. */
export function prepareCommands({ components }: ContainerPlan, place: OutputPlace): readonly string[] {
  return components.flatMap(({ source }) => {
    const built = buildOf(source);
    return built === null || built.before === null
      ? []
      : [`(cd ${shellWord(sourceFolder(built.build, place))} && ${commandLine(built.before)})`];
  });
}

/** How to save and load each PostgreSQL, given what runs a program in the container of a component. */
export function backupCommands({ components }: ContainerPlan, inside: (component: string) => string): string | null {
  const lines = components.flatMap((component) => backupOf(component, inside));
  return lines.length === 0 ? null : shell(...lines);
}

function backupOf({ name, source }: PlannedComponent, inside: (component: string) => string): readonly string[] {
  if (source.kind !== "postgres") return [];
  const { user, database } = source;
  return [
    `${inside(name)} pg_dump --username=${user} --format=custom ${database} > ${name}.dump`,
    `${inside(name)} pg_restore --username=${user} --dbname=${database} --clean --if-exists < ${name}.dump`,
  ];
}
