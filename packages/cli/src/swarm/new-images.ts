import { UserError, type UserProblem } from "@groundplan/model";
import type { BuiltImage } from "../build/build-images.js";
import type { Container } from "../docker/container.js";

/**
 * Swarm tells versions apart by the names of their images: one that was built anew under the name that runs would never be deployed.
 *
 * @throws UserError with every such image.
 */
export function checkNewImages(built: readonly BuiltImage[], running: readonly Container[]): void {
  const problems = built.flatMap(({ service, image, id }): UserProblem[] => {
    const old = running.find((container) => container.service === service && container.imageName === image && container.imageId !== id);
    if (old === undefined) return [];
    return [
      {
        message: `${service}: its image ${image} has changed, and a version of this name runs: Swarm would go on with the old one`,
        fix: "deploy it under a name of its own, for example --tag v2",
      },
    ];
  });
  if (problems.length > 0) throw new UserError(problems);
}
