import { describeWritten, targetNamed, writeTarget } from "../output/write-target.js";
import type { Deployment } from "./deployment.js";
import type { Aws } from "./with-aws.js";

const TARGET = "aws";

/** Writes the files of the deployment, and says so. */
export function writeDeployment({ opened, folder, shownFolder }: Deployment, { progress }: Aws): void {
  const written = writeTarget(targetNamed(TARGET), opened, folder);
  const secret = describeWritten({ ...written, files: [] }, shownFolder);
  for (const line of [`wrote ${written.files.length} files in ${shownFolder}`, ...secret]) progress.note(line);
  for (const note of written.notes) progress.note(`note: ${note}`);
}
