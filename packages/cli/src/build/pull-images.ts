import type { UserProblem } from "@groundplan/local";
import type { PlannedComponent } from "@groundplan/model";
import type { CommandRunner } from "../docker/command-runner.js";
import { inspectImage, pullImage } from "../docker/docker-commands.js";
import { explainPullFailure } from "../docker/pull-failures.js";
import type { Progress } from "../output/progress.js";

/**
 * Fetches the ready images that the engine does not have yet, all at once.
 *
 * @returns A problem for each that cannot be had.
 */
export async function pullImages(
  components: readonly PlannedComponent[],
  { runner, progress }: { readonly runner: CommandRunner; readonly progress: Progress },
): Promise<readonly UserProblem[]> {
  const users = new Map<string, string[]>();
  for (const { name, source } of components) {
    if (source.kind === "service" && source.build !== null) continue;
    if (source.image !== null) users.set(source.image, [...(users.get(source.image) ?? []), name]);
  }
  const results = await Promise.all(
    [...users].map(async ([image, [first = ""]]) => {
      if ((await runner.run(inspectImage(image), { quiet: true })).code === 0) return [];
      progress.step(first, `pulls ${image}`);
      const { code, stdout, stderr } = await runner.run(pullImage(image));
      if (code === 0) {
        progress.end(first, `pulled ${image}`);
        return [];
      }
      progress.end(first, "failed");
      const { message, ...rest } = explainPullFailure(`${stdout}\n${stderr}`, image);
      return [{ message: `${first}: ${message}`, ...rest }];
    }),
  );
  return results.flat();
}
