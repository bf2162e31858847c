import { describeWritten, targetNamed, writeTarget } from "../output/write-target.js";
import type { DockerProject } from "./docker-project.js";
import type { Docker } from "./with-docker.js";

/** Writes the files of a project, and says so. What is run from here on is run in their folder. */
export function writeProject({ command, opened, folder, shownFolder }: DockerProject, { progress }: Docker): void {
  const written = writeTarget(targetNamed(command), opened, folder);
  for (const line of describeWritten(written, shownFolder)) progress.note(line);
  for (const note of written.notes) progress.note(`note: ${note}`);
  progress.note(`$ cd ${shownFolder}`);
}
