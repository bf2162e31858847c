import { UserError } from "@groundplan/model";
import type { DockerPart } from "../docker/docker-part.js";
import type { Docker } from "../docker/with-docker.js";
import { type BuildOptions, type BuiltImage, buildImages } from "./build-images.js";
import type { Buildable } from "./buildable.js";
import { pullImages } from "./pull-images.js";

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
  docker: Docker,
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
