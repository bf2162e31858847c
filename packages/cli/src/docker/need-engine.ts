import { UserError } from "@groundplan/model";
import type { ProgramRunner } from "@groundplan/programs";
import { lastLines } from "@groundplan/programs";
import { engineVersion } from "./docker-commands.js";
import { explainFailure } from "./failures.js";

/** @throws UserError with the real reason when there is no docker, or no engine that answers it. */
export async function needEngine(runner: ProgramRunner): Promise<void> {
  const { code, stderr, missing } = await runner.run(engineVersion(), { quiet: true });
  if (missing) {
    throw new UserError({
      message: "there is no program docker on this machine",
      fix: "install it: https://docs.docker.com/get-docker/; without it, groundplan up runs the stack",
    });
  }
  if (code === 0) return;
  const detail = lastLines(stderr, 3);
  const known = explainFailure(stderr, "docker version");
  if (known !== null) throw new UserError({ ...known, detail });
  throw new UserError({ message: "the Docker engine does not answer", detail, fix: "see what docker version says, and put that right" });
}
