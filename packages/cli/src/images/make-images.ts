import { UserError, type UserProblem } from "@groundplan/model";
import type { ProgramRunner } from "@groundplan/programs";
import { inspectImage, pullImage } from "../docker/engine.js";
import type { DockerPart } from "../docker/project.js";
import { explainPullFailure } from "../docker/pull-failures.js";
import type { Progress } from "../output/progress.js";
import type { Programs } from "../programs/with-programs.js";
import { type BuildOptions, type BuiltImage, buildImages } from "./build-images.js";
import type { Buildable } from "./buildable.js";

export interface MadeImages {
  readonly built: readonly BuiltImage[];
  /** Names of the programs of monitoring whose images cannot be had; none unless `mayLackMonitoring`. */
  readonly missing: ReadonlySet<string>;
}

/**
 * Has all images of a stack at hand: builds those of its services, pulls the ready ones that are missing, both at the same time.
 *
 * @param mayLackMonitoring A program of monitoring whose image cannot be had is told of, and is no failure: the stack runs without it.
 * @throws UserError with all that failed.
 */
export async function makeImages(
  parts: readonly DockerPart[],
  services: readonly Buildable[],
  options: BuildOptions,
  docker: Programs,
  mayLackMonitoring: boolean,
): Promise<MadeImages> {
  const [built, unavailable] = await Promise.all([buildImages(services, options, docker), pullImages(parts, docker)]);
  const isSpared = (name: string) => mayLackMonitoring && parts.some((part) => part.name === name && part.isMonitoring);
  const spared = unavailable.filter(({ names }) => names.every(isSpared));
  const problems = [...built.problems, ...unavailable.filter((image) => !spared.includes(image)).map(({ problem }) => problem)];
  if (problems.length > 0) throw new UserError(problems);
  for (const { problem } of spared) docker.progress.note(`left out: ${problem.message}`);
  return { built: built.images, missing: new Set(spared.flatMap(({ names }) => names)) };
}

/** An image that cannot be had. */
export interface MissingImage {
  /** Who runs it. */
  readonly names: readonly string[];
  readonly problem: UserProblem;
}

/**
 * Fetches the ready images that the engine does not have yet, all at once.
 *
 * @returns Those that cannot be had.
 */
export async function pullImages(
  parts: readonly Pick<DockerPart, "name" | "image">[],
  { runner, progress }: { readonly runner: ProgramRunner; readonly progress: Progress },
): Promise<readonly MissingImage[]> {
  const users = new Map<string, string[]>();
  for (const { name, image } of parts) {
    if (image !== null) users.set(image, [...(users.get(image) ?? []), name]);
  }
  const results = await Promise.all(
    [...users].map(async ([image, names]) => {
      const [first = ""] = names;
      if ((await runner.run(inspectImage(image), { quiet: true })).code === 0) return [];
      progress.step(first, `pulls ${image}`);
      const { code, stdout, stderr } = await runner.run(pullImage(image));
      if (code === 0) {
        progress.end(first, `pulled ${image}`);
        return [];
      }
      progress.end(first, "failed");
      const { message, ...rest } = explainPullFailure(`${stdout}\n${stderr}`, image);
      return [{ names, problem: { message: `${first}: ${message}`, ...rest } }];
    }),
  );
  return results.flat();
}
