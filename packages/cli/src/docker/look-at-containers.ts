import type { ProgramRunner } from "@groundplan/programs";
import { type Container, parseContainers } from "./container.js";
import { inspectContainers, listContainers } from "./docker-commands.js";

/** The containers with these labels, as they are now. `quiet`: as for the runner. */
export async function lookAtContainers(runner: ProgramRunner, labels: readonly string[], quiet: boolean): Promise<readonly Container[]> {
  const listed = await runner.run(listContainers(labels), { quiet });
  const ids = listed.stdout.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return [];
  // One that was removed meanwhile makes it fail, and the others are printed all the same.
  const { stdout } = await runner.run(inspectContainers(ids), { quiet });
  return stdout.startsWith("[") ? parseContainers(stdout) : [];
}
