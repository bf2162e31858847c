import type { ContainerNetwork } from "../containers/container-networks.js";
import { sharedParts } from "../containers/container-parts.js";
import type { ContainerPlan } from "../containers/container-plan.js";
import { DATA_FOLDER, volumeOf } from "../containers/databases.js";
import { MAIL_PASSWORD_FILE, mailPassword } from "../containers/mail-password.js";
import { dataVolumesOf } from "../containers/monitoring-container-parts.js";
import type { OutputPlace } from "../target.js";
import { renderYaml } from "../yaml/render-yaml.js";
import { anchored, inline, listing, map, noted, quoted, section, type YamlValue } from "../yaml/yaml-value.js";
import { MAIL_SECRET, swarmMonitoring } from "./swarm-monitoring.js";
import type { SwarmPlan } from "./swarm-plan.js";
import { swarmService } from "./swarm-service.js";

/** The file stack.yaml, for `docker stack deploy` of Docker 20.10 and newer. It holds nothing that Swarm passes over. */
export function renderSwarm(swarm: SwarmPlan, place: OutputPlace): string {
  const { containers, secrets, configs } = swarm;
  const { plan, components, monitoring, networks } = containers;
  const kinds = new Set(components.map(({ kind }) => kind));
  const databases = components.filter(({ kind }) => DATA_FOLDER[kind] !== null).map(({ name }) => volumeOf(name));
  const volumes = [...databases, ...dataVolumesOf(monitoring)];
  const services = [
    ...components.map((component) => [component.name, swarmService(component, swarm)] as const),
    ...monitoring.map((part) => [part.name, swarmMonitoring(part, swarm)] as const),
  ];
  const mail = mailPassword(plan) === null ? [] : [[MAIL_SECRET, `./${MAIL_PASSWORD_FILE}`] as const];
  return renderYaml(
    headerOf(swarm, place),
    map({
      version: quoted("3.8"),
      ...sharedParts(containers),
      "x-hardened":
        monitoring.length > 0 || components.some(({ source }) => source.kind === "service" && source.hardened)
          ? section(ABOUT_HARDENED, HARDENED)
          : undefined,
      ...(kinds.has("service") ? SERVICE_UPDATES : {}),
      ...(volumes.length > 0 ? DATABASE_UPDATES : {}),
      services: listing(aboutServices(containers), services, (entry) => entry),
      networks: listing(ABOUT_NETWORKS, networks, (network) => [network.name, networkOf(network)]),
      volumes: listing("The data, each on the node of its database.", volumes, (name) => [name, null]),
      configs: listing(ABOUT_CONFIGS, configs, ({ name, path }) => [name, map({ file: `./${path}` })]),
      secrets: listing(ABOUT_SECRETS, [...secrets.map(({ name }) => [name, `./secrets/${name}`] as const), ...mail], ([name, file]) => [
        name,
        map({ file }),
      ]),
    }),
  );
}

function headerOf({ containers, name }: SwarmPlan, { stackFolder }: OutputPlace): string {
  return [
    `The stack "${containers.plan.stack}" for Docker Swarm, made by groundplan from its stack file. Do not edit: change the stack file and`,
    "make it anew. README.md has the rest.",
    "",
    `  make anew   npx groundplan synth swarm --stack ${stackFolder} --out .`,
    `  deploy      docker stack deploy --compose-file stack.yaml ${name}`,
    `  remove      docker stack rm ${name}        (keeps the data)`,
  ].join("\n");
}

const ABOUT_HARDENED = "What is built here can write to /tmp only, and has no privileges. It listens on any port without one.";

const HARDENED = anchored(
  "hardened",
  map({ read_only: true, cap_drop: inline(["ALL"]), volumes: [map({ type: "tmpfs", target: "/tmp" })] }),
);

const SERVICE_UPDATES = {
  "x-rolling": section(
    "A new version: one copy at a time, the new one healthy before the old one goes; back to the old version when one fails.",
    anchored("rolling", map({ parallelism: 1, order: "start-first", failure_action: "rollback", monitor: "30s" })),
  ),
  "x-rolling-back": anchored("rolling-back", map({ parallelism: 1, order: "start-first", failure_action: "pause", monitor: "30s" })),
};

const DATABASE_UPDATES = {
  "x-replacing": section(
    "Of a database never two at once, on the same data.",
    anchored("replacing", map({ parallelism: 1, order: "stop-first", failure_action: "rollback", monitor: "30s" })),
  ),
  "x-replacing-back": anchored("replacing-back", map({ parallelism: 1, order: "stop-first", failure_action: "pause", monitor: "30s" })),
};

function aboutServices({ leftOut }: ContainerPlan): string {
  const missing = leftOut.map(({ name }) => `Not here: ${name}, which has neither build nor image.`);
  return [
    "Swarm starts all at once. What comes up before the things it uses fails or is unhealthy, and is started again until they are there.",
    ...missing,
  ].join("\n");
}

const ABOUT_NETWORKS =
  "One for each link: a service reaches what it uses, and nothing else. Public ports are published by Swarm's own ingress network,\n" +
  "which also lets a public service open connections to the world; Swarm has no way to forbid it.";

function networkOf({ outbound }: ContainerNetwork): YamlValue {
  const overlay = map({ driver: "overlay", internal: outbound ? undefined : true });
  return outbound ? noted("Leads out of the stack.", overlay) : overlay;
}

const ABOUT_CONFIGS =
  "What monitoring reads. Swarm hands it to the nodes and never changes it: each name has a mark of the contents, so that new contents are a\n" +
  "new config.";

const ABOUT_SECRETS =
  "Each is the whole value of one variable, as a file in the containers that have it. Swarm does not change the value of a secret that\n" +
  "exists: README.md says how.";
