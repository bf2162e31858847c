import type { PlannedComponent } from "@groundplan/model";
import { shell } from "../markdown/markdown.js";
import type { OutputPlace } from "../target.js";
import type { ContainerPlan } from "./container-plan.js";
import { commandLine, shellWord, sourceFolder } from "./source-folder.js";

/** Parts that the README.md of Compose and of Swarm have in common. */

/** The commands that make ready what the Dockerfiles copy; empty when there are none. */
export function prepareCommands({ components }: ContainerPlan, place: OutputPlace): readonly string[] {
  return components.flatMap(({ source }) =>
    source.kind === "service" && source.build !== null && source.prepare !== null
      ? [`(cd ${shellWord(sourceFolder(source.build, place))} && ${commandLine(source.prepare)})`]
      : [],
  );
}

export interface BackupWords {
  /** What runs a program in the container of a component. */
  inside(component: string): string;
  stop(services: readonly PlannedComponent[]): string;
  start(services: readonly PlannedComponent[]): string;
}

/**
 * How to save and load each PostgreSQL. It is loaded in one transaction, so all of it or none, and without those who write to it: they would
 * find tables whose constraints and triggers are still to come.
 */
export function backupCommands({ components, plan }: ContainerPlan, words: BackupWords): string | null {
  const lines = components.flatMap((component) => {
    const clients = components.filter(({ name }) => plan.links.some(({ from, to }) => from === name && to === component.name));
    return backupOf(component, clients, words);
  });
  return lines.length === 0 ? null : shell(...lines);
}

function backupOf({ name, source }: PlannedComponent, clients: readonly PlannedComponent[], words: BackupWords): readonly string[] {
  if (source.kind !== "postgres") return [];
  const { user, database } = source;
  const load = "--clean --if-exists --single-transaction --exit-on-error";
  return [
    `${words.inside(name)} pg_dump --username=${user} --format=custom ${database} > ${name}.dump`,
    ...(clients.length === 0 ? [] : [words.stop(clients)]),
    `${words.inside(name)} pg_restore --username=${user} --dbname=${database} ${load} < ${name}.dump`,
    ...(clients.length === 0 ? [] : [words.start(clients)]),
  ];
}
