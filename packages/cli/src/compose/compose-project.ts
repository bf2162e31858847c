import type { ProgramRunner } from "@groundplan/programs";
import { type Container, isReady } from "../docker/container.js";
import { type DockerProject, settingOf } from "../docker/docker-project.js";
import { lookAtContainers } from "../docker/look-at-containers.js";

export const COMPOSE_FILE = "compose.yaml";

/** What marks all that belongs to the project. */
export function projectLabel(project: DockerProject): string {
  return `com.docker.compose.project=${settingOf(project, "COMPOSE_PROJECT_NAME") ?? project.opened.plan.stack}`;
}

/** Its containers, without those of `docker compose run`. `quiet`: as for the runner. */
export function lookAtProject(runner: ProgramRunner, project: DockerProject, quiet = true): Promise<readonly Container[]> {
  return lookAtContainers(runner, [projectLabel(project), "com.docker.compose.oneoff=False"], quiet);
}

/** What is left running after a start that came to no good end. */
export function describeRest(containers: readonly Container[], hint: DockerProject["hint"]): string {
  const running = containers.filter(({ status }) => status === "running" || status === "restarting");
  if (running.length === 0) return "nothing of the stack runs";
  const names = running.map((container) => `${container.service}${isReady(container) ? "" : " (not healthy)"}`);
  return `what runs: ${names.join(", ")}; look: ${hint("ps")}, stop: ${hint("down")}`;
}
