import type { UserProblem } from "@groundplan/model";
import type { ProgramRunner } from "@groundplan/programs";
import { inspectImage, pullImage } from "../docker/docker-commands.js";
import type { DockerPart } from "../docker/docker-part.js";
import { explainPullFailure } from "../docker/pull-failures.js";
import type { Progress } from "../output/progress.js";

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
