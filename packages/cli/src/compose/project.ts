import { UserError } from "@groundplan/model";
import type { CommandLine, ProgramRunner } from "@groundplan/programs";
import { STACK } from "../arguments/options.js";
import { text } from "../command.js";
import { type Container, isReady, lookAtContainers, publishedAddress } from "../docker/container.js";
import { type DockerPart, type DockerProject, settingOf } from "../docker/project.js";
import { renderTable } from "../output/tables.js";

/** Which stack, and where its Compose files are. */
export const COMPOSE = {
  ...STACK,
  out: text("DIR", "where the Compose files are (default out/compose in the stack's folder)"),
};

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
  if (running.length === 0) return "nothing of the stack is running";
  const names = running.map((container) => `${container.service}${isReady(container) ? "" : " (not healthy)"}`);
  return `still running: ${names.join(", ")}; see ${hint("ps")}, or stop it: ${hint("down")}`;
}

/** What a Compose command line starts with. */
export type Compose = CommandLine;

const PLUGIN: Compose = { program: "docker", args: ["compose"] };
const STANDALONE: Compose = { program: "docker-compose", args: [] };

/**
 * The plugin `docker compose` where it is installed, else the program `docker-compose` (1.29 and newer).
 *
 * @throws UserError when there is neither.
 */
export async function findCompose(runner: ProgramRunner): Promise<Compose> {
  for (const compose of [PLUGIN, STANDALONE]) {
    const { code } = await runner.run({ ...compose, args: [...compose.args, "version"] }, { quiet: true });
    if (code === 0) return compose;
  }
  throw new UserError({
    message: "neither docker compose nor docker-compose is installed on this machine",
    fix: "install the plugin: https://docs.docker.com/compose/install/ (or apt-get install docker-compose)",
  });
}

function compose({ program, args }: Compose, ...words: readonly string[]): CommandLine {
  return { program, args: [...args, ...words] };
}

/**
 * `env`: TAG and the published ports, which the file takes from the environment. The images are there: nothing is built on the way.
 *
 * @param services Default: all
 */
export const composeUp = (driver: Compose, env: Readonly<Record<string, string>>, services: readonly string[] = []): CommandLine => ({
  ...compose(driver, "up", "--detach", "--no-build", ...services),
  env,
});

export const composeDown = (driver: Compose, options: { readonly volumes: boolean }): CommandLine =>
  compose(driver, "down", ...(options.volumes ? ["--volumes"] : []));

export interface LogOptions {
  readonly follow: boolean;
  /** docker-compose 1.29 colours even what goes to a file, unless it is told not to. */
  readonly color: boolean;
  /** None: all. */
  readonly services: readonly string[];
}

export const composeLogs = (driver: Compose, { follow, color, services }: LogOptions): CommandLine =>
  compose(driver, "logs", ...(color ? [] : ["--no-color"]), ...(follow ? ["--follow"] : []), ...services);

/** A container of the stack, or a part of the stack that has none. */
export interface ServiceStatus {
  readonly service: string;
  /** `null`: there is none. */
  readonly container: string | null;
  /** As the engine calls it; "missing" without a container. */
  readonly state: Container["status"] | "missing";
  /** `null`: nothing asks for it. */
  readonly health: Container["health"];
  /** When it was started last, an ISO time; `null`: never. */
  readonly since: string | null;
  /** Where its port is published; `null`: nowhere. */
  readonly address: string | null;
  readonly ready: boolean;
}

/** A row for each container, in start order; parts of the stack without one have a row too. */
export function statusOf(parts: readonly Pick<DockerPart, "name" | "port">[], containers: readonly Container[]): readonly ServiceStatus[] {
  return parts.flatMap(({ name, port }): readonly ServiceStatus[] => {
    const copies = containers.filter(({ service }) => service === name);
    if (copies.length === 0) {
      return [{ service: name, container: null, state: "missing", health: null, since: null, address: null, ready: false }];
    }
    return copies.map((copy) => ({
      service: name,
      container: copy.name,
      state: copy.status,
      health: copy.health,
      since: copy.startedAt,
      address: port === null ? null : publishedAddress(name, port, [copy]),
      ready: isReady(copy),
    }));
  });
}

/** @param now Milliseconds since 1970. */
export function renderStatus(rows: readonly ServiceStatus[], now: number): string {
  return renderTable(
    ["service", "state", "health", "since", "address"],
    rows.map(({ service, state, health, since, address }) => [
      service,
      state,
      health ?? "-",
      since === null ? "-" : ago(now - Date.parse(since)),
      address === null ? "-" : `http://${address}`,
    ]),
  );
}

/** @example ago(150_000)   // "2 min" */
function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
