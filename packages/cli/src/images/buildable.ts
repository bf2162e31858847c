import { existsSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { buildOf, type Plan, UserError, type UserProblem } from "@groundplan/model";
import { imageNameOf } from "@groundplan/targets";

/** A service whose image is made here. */
export interface Buildable {
  readonly service: string;
  /** Its image, with the tag. */
  readonly image: string;
  /** The folder with the Dockerfile, absolute. */
  readonly folder: string;
  /** What makes ready what the Dockerfile copies; `null`: nothing has to be. */
  readonly prepare: readonly string[] | null;
  /** Others start when it is healthy, and only its image can say so. */
  readonly needsHealthCheck: boolean;
}

/** The services whose image is built here, in start order. */
export function buildables(plan: Plan, stackFolder: string, tag: string): readonly Buildable[] {
  return plan.components.flatMap(({ name, source, health }) => {
    const built = buildOf(source);
    if (source.kind !== "service" || built === null) return [];
    const isAwaited = health.kind === "http" && plan.components.some((other) => other.after.includes(name));
    return {
      service: name,
      image: `${imageNameOf(plan.stack, name)}:${tag}`,
      folder: join(stackFolder, built.build),
      prepare: built.before,
      needsHealthCheck: isAwaited && source.health.command === null,
    };
  });
}

/** @throws UserError with every folder and Dockerfile that is missing. */
export function requireFolders(services: readonly Buildable[], stackFolder: string): void {
  const problems = services.flatMap(({ service, folder }): UserProblem[] => {
    const shown = relative(stackFolder, folder) || ".";
    if (!isFolder(folder)) {
      return [
        {
          message: `${service}: there is no folder ${shown} beside stack.ts`,
          fix: `create it, or correct image: build(...) of ${service} in stack.ts`,
        },
      ];
    }
    if (existsSync(join(folder, "Dockerfile"))) return [];
    return [
      {
        message: `${service}: there is no Dockerfile in ${shown}`,
        fix: `write ${join(shown, "Dockerfile")}, or give ${service} a ready image in stack.ts (image: "nginx:1.27")`,
      },
    ];
  });
  if (problems.length > 0) throw new UserError(problems);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
