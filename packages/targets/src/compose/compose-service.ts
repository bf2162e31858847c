import { buildOf, type PlannedComponent, readyImageOf } from "@groundplan/model";
import { containerEnv } from "../containers/container-env.js";
import { containerHealth } from "../containers/container-health.js";
import { list } from "../containers/container-notes.js";
import { duration, healthcheck, networkNamesOf, variables } from "../containers/container-parts.js";
import { type ContainerPlan, usersOf } from "../containers/container-plan.js";
import {
  DATA_FOLDER,
  MOST_PROCESSES,
  POSTGRES_SHARED_MB,
  postgresEnv,
  redisCommand,
  STOP_SECONDS,
  volumeOf,
} from "../containers/databases.js";
import { DEFAULT_TAG, imageNameOf } from "../containers/image-name.js";
import { literal, setting } from "../containers/interpolation.js";
import { portSetting } from "../containers/settings.js";
import { commandLine, sourceFolder } from "../containers/source-folder.js";
import type { OutputPlace } from "../target.js";
import { inline, map, mapEach, noted, quoted, sameAs, section, type YamlValue } from "../yaml/yaml-value.js";

export interface ComposeContext {
  readonly containers: ContainerPlan;
  readonly place: OutputPlace;
  /** The expression for a secret's value. */
  readonly secret: (name: string) => string;
}

/** One container of a Compose file. */
export function composeService(component: PlannedComponent, context: ComposeContext): YamlValue {
  const { containers } = context;
  const { name, source } = component;
  const dataFolder = DATA_FOLDER[source.kind];
  const isHardened = source.kind === "service" && source.hardened;
  return section(
    aboutOf(component, context),
    map({
      "<<": isHardened ? sameAs("hardened") : undefined,
      ...imageOf(component, context),
      command: source.kind === "redis" ? redisCommand(component) : undefined,
      restart: "unless-stopped",
      // Reaps orphans and passes signals on, whatever the image starts.
      init: source.kind === "service" ? true : undefined,
      depends_on: dependsOn(component, containers),
      environment: variables(envOf(component, context)),
      volumes: dataFolder === null ? undefined : [`${volumeOf(name)}:${dataFolder}`],
      networks: networkNamesOf(containers, name),
      ports: publishedPort(component, containers),
      healthcheck: healthcheck(containerHealth(component)),
      // The images of databases begin as root, to own their data; they need not become root again.
      security_opt: source.kind === "service" ? undefined : inline(["no-new-privileges:true"]),
      mem_limit: `${component.memoryMb}m`,
      shm_size: source.kind === "postgres" ? `${POSTGRES_SHARED_MB}m` : undefined,
      pids_limit: MOST_PROCESSES,
      stop_grace_period: duration(STOP_SECONDS[source.kind]),
      logging: sameAs("logging"),
    }),
  );
}

function aboutOf({ name, source, public: isPublic }: PlannedComponent, { containers, place }: ComposeContext): string {
  const users = usersOf(containers, name);
  const usedBy = users.length === 0 ? "" : `Used by ${list(users)}.\n`;
  switch (source.kind) {
    case "redis":
      return `${usedBy}An answered write is on the disk; when memory is full it refuses writes and drops nothing.`;
    case "postgres":
      return `${usedBy}The password is set when the volume is new; .env only tells it.`;
    case "service": {
      const who = isPublic ? `Public: http://127.0.0.1:${containers.ports.get(name)}` : usedBy.trim();
      const built = buildOf(source);
      const before =
        built === null || built.before === null
          ? ""
          : `Before its image is built, in ${sourceFolder(built.build, place)}: ${commandLine(built.before)}`;
      return [who, before].filter((line) => line !== "").join("\n");
    }
  }
}

function imageOf({ name, source }: PlannedComponent, { containers, place }: ComposeContext): Readonly<Record<string, YamlValue>> {
  const built = buildOf(source);
  if (built === null) return { image: literal(readyImageOf(source) ?? "") };
  return {
    image: `${imageNameOf(containers.plan.stack, name)}:${setting("TAG", DEFAULT_TAG)}`,
    build: quoted(literal(sourceFolder(built.build, place))),
  };
}

function dependsOn({ after }: PlannedComponent, { components }: ContainerPlan): YamlValue | undefined {
  const used = components.filter(({ name }) => after.includes(name));
  if (used.length === 0) return undefined;
  return mapEach(used, (other) => {
    const isKnown = containerHealth(other) !== null;
    const condition = map({ condition: isKnown ? "service_healthy" : "service_started" });
    return [other.name, isKnown ? condition : noted("Its image tells of no health.", condition)];
  });
}

function envOf({ port, env, source }: PlannedComponent, { containers, secret }: ComposeContext): Readonly<Record<string, string>> {
  if (source.kind !== "postgres") return containerEnv(containers, env, secret);
  return { ...postgresEnv(port, source), POSTGRES_PASSWORD: secret(source.passwordSecret) };
}

function publishedPort({ name, port }: PlannedComponent, { ports }: ContainerPlan): YamlValue | undefined {
  const usual = ports.get(name);
  if (usual === undefined) return undefined;
  return [quoted(`${setting("BIND_ADDRESS", "127.0.0.1")}:${setting(portSetting(name), usual)}:${port}`)];
}
