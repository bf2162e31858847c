import type { UserProblem } from "@groundplan/local";
import type { CommandRunner } from "../docker/command-runner.js";
import type { Container } from "../docker/container.js";
import { diagnose } from "../docker/diagnose.js";
import { containerLogs, lastExitCodes } from "../docker/docker-commands.js";
import type { DockerPart } from "../docker/docker-part.js";

const LINES_READ = 20;

export interface FailedStart {
  readonly containers: readonly Container[];
  readonly parts: readonly DockerPart[];
  /** How long it was waited for in vain; `null`: the wait ended for another reason. */
  readonly waitedSeconds: number | null;
  readonly logCommand: (service: string) => string;
}

/** What is wrong with the containers that are not ready: their exit codes, health checks and last lines. */
export async function explainStart(runner: CommandRunner, failed: FailedStart): Promise<readonly UserProblem[]> {
  const { containers, parts, waitedSeconds, logCommand } = failed;
  const found = await Promise.all(
    parts.flatMap(({ name, memoryMb }) =>
      containers
        .filter(({ service }) => service === name)
        .map(async (container) => {
          const { stdout, stderr } = await runner.run(containerLogs(container.id, LINES_READ), { quiet: true });
          const lastExitCode = await lastExitCodeOf(container, runner);
          return diagnose({ container, lastExitCode, log: `${stdout}\n${stderr}`, memoryMb, waitedSeconds, logCommand: logCommand(name) });
        }),
    ),
  );
  return found.filter((problem) => problem !== null);
}

/** While a container runs once more, its state says nothing of how it ended before. */
async function lastExitCodeOf({ id, status, exitCode, restarts }: Container, runner: CommandRunner): Promise<number | null> {
  if (status !== "running") return exitCode;
  if (restarts === 0) return null;
  const last = (await runner.run(lastExitCodes(id), { quiet: true })).stdout.trim().split("\n").at(-1) ?? "";
  return /^\d+$/.test(last) ? Number(last) : null;
}
