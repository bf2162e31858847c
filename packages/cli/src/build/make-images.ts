import { UserError } from "@groundplan/local";
import type { DockerPart } from "../docker/docker-part.js";
import type { Docker } from "../docker/with-docker.js";
import { type BuildOptions, type BuiltImage, buildImages } from "./build-images.js";
import type { Buildable } from "./buildable.js";
import { pullImages } from "./pull-images.js";

/**
 * Has all images of a stack at hand: builds those of its services, pulls the ready ones that are missing, both at the same time.
 *
 * @throws UserError with all that failed.
 */
export async function makeImages(
  parts: readonly DockerPart[],
  services: readonly Buildable[],
  options: BuildOptions,
  docker: Docker,
): Promise<readonly BuiltImage[]> {
  const [built, pullProblems] = await Promise.all([buildImages(services, options, docker), pullImages(parts, docker)]);
  const problems = [...built.problems, ...pullProblems];
  if (problems.length > 0) throw new UserError(problems);
  return built.images;
}
