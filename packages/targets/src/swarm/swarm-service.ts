import { buildOf, type EnvValue, type PlannedComponent, readyImageOf } from "@groundplan/model";
import { containerEnv } from "../containers/container-env.js";
import { containerHealth } from "../containers/container-health.js";
import { list } from "../containers/container-notes.js";
import { duration, healthcheck, networkNamesOf, variables } from "../containers/container-parts.js";
import { type ContainerPlan, usersOf } from "../containers/container-plan.js";
import { DATA_FOLDER, POSTGRES_SHARED_MB, postgresEnv, redisCommand, STOP_SECONDS, volumeOf } from "../containers/databases.js";
import { DEFAULT_TAG, imageNameOf } from "../containers/image-name.js";
import { literal, setting } from "../containers/interpolation.js";
import { nodeSetting, portSetting } from "../containers/settings.js";
import { map, noted, quoted, sameAs, section, type YamlValue } from "../yaml/yaml-value.js";
import type { SwarmPlan } from "./swarm-plan.js";
import type { SwarmSecret } from "./swarm-secrets.js";

/** One service of a Swarm stack. */
export function swarmService(component: PlannedComponent, swarm: SwarmPlan): YamlValue {
  const { name, source } = component;
  const own = swarm.secrets.filter((secret) => secret.component === name);
  return section(
    aboutOf(component, swarm),
    map({
      "<<": source.kind === "service" && source.hardened ? sameAs("hardened") : undefined,
      image: imageOf(component, swarm),
      command: source.kind === "redis" ? redisCommand(component) : undefined,
      init: source.kind === "service" ? true : undefined,
      environment: variables(envOf(component, own, swarm)),
      secrets: own.length === 0 ? undefined : own.map((secret) => secret.name),
      volumes: volumesOf(component),
      networks: networkNamesOf(swarm.containers, name),
      ports: publishedPort(component, swarm.containers),
      healthcheck: healthcheck(containerHealth(component)),
      stop_grace_period: duration(STOP_SECONDS[source.kind]),
      logging: sameAs("logging"),
      deploy: deployOf(component),
    }),
  );
}

function aboutOf({ name, source, public: isPublic }: PlannedComponent, { containers }: SwarmPlan): string {
  const users = usersOf(containers, name);
  const usedBy = users.length === 0 ? "" : `Used by ${list(users)}.`;
  if (source.kind === "service") return isPublic ? `Public, on port ${containers.ports.get(name)} of every node.` : usedBy;
  return `${usedBy}\nIts data is a volume of one node and does not follow it to another: see placement.`.trim();
}

function imageOf({ name, source }: PlannedComponent, { containers }: SwarmPlan): string {
  if (buildOf(source) === null) return literal(readyImageOf(source) ?? "");
  return `${setting("REGISTRY", "")}${imageNameOf(containers.plan.stack, name)}:${setting("TAG", DEFAULT_TAG)}`;
}

function envOf({ port, env, source }: PlannedComponent, own: readonly SwarmSecret[], swarm: SwarmPlan): Readonly<Record<string, string>> {
  if (source.kind === "postgres") return { ...postgresEnv(port, source), ...filesOf(own) };
  return envWithFiles(env, own, swarm);
}

/** Variables without a secret as they are, the others as the paths of files: sorted by name. */
export function envWithFiles(
  env: Readonly<Record<string, EnvValue>>,
  own: readonly SwarmSecret[],
  { containers }: SwarmPlan,
): Readonly<Record<string, string>> {
  const secret = new Set(own.map(({ variable }) => variable));
  const open = Object.fromEntries(Object.entries(env).filter(([variable]) => !secret.has(variable)));
  const all = Object.entries({ ...containerEnv(containers, open, noSecret), ...filesOf(own) });
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function filesOf(own: readonly SwarmSecret[]): Readonly<Record<string, string>> {
  return Object.fromEntries(own.map(({ name, variable }) => [`${variable}_FILE`, `/run/secrets/${name}`]));
}

/** Variables with a secret in them are files. */
function noSecret(name: string): never {
  throw new Error(`the secret ${name} is about to be written into stack.yaml`);
}

function volumesOf({ name, source }: PlannedComponent): YamlValue | undefined {
  const folder = DATA_FOLDER[source.kind];
  if (folder === null) return undefined;
  const data = `${volumeOf(name)}:${folder}`;
  if (source.kind !== "postgres") return [data];
  const size = POSTGRES_SHARED_MB * 1024 * 1024;
  const shared = map({ type: "tmpfs", target: "/dev/shm", tmpfs: map({ size }) });
  return [data, noted("In place of shm_size, which Swarm does not know.", shared)];
}

function publishedPort({ name, port }: PlannedComponent, { ports }: ContainerPlan): YamlValue | undefined {
  const usual = ports.get(name);
  if (usual === undefined) return undefined;
  // In ingress mode, Swarm's own default: any node leads to any copy.
  return [quoted(`${setting(portSetting(name), usual)}:${port}`)];
}

/** Where the volume is. */
export function placementOf(name: string): YamlValue {
  const constraint = quoted(setting(nodeSetting(name), "node.role == manager"));
  const why = `With more than one manager set ${nodeSetting(name)}, for example to "node.hostname == data-1".`;
  return map({ constraints: [noted(why, constraint)] });
}

function deployOf({ name, memoryMb, source }: PlannedComponent): YamlValue {
  const isService = source.kind === "service";
  return map({
    replicas: isService ? source.replicas : 1,
    endpoint_mode: isService
      ? undefined
      : noted("Straight to the one container: a virtual address forgets connections after 15 idle minutes.", "dnsrr"),
    placement: isService ? undefined : placementOf(name),
    update_config: sameAs(isService ? "rolling" : "replacing"),
    rollback_config: sameAs(isService ? "rolling-back" : "replacing-back"),
    restart_policy: map({ condition: "any", delay: "2s" }),
    resources: map({ limits: map({ memory: `${memoryMb}M` }) }),
  });
}
