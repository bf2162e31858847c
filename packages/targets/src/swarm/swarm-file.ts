import {
  command,
  dataNames,
  duration,
  healthcheck,
  listOrNothing,
  literal,
  mapOrNothing,
  networksOf,
  noSecret,
  rendered,
  setting,
  sharedParts,
  volumesOf,
} from "../containers/compose-format.js";
import { type Container, dataVolumes } from "../containers/container.js";
import type { ContainerNetwork } from "../containers/container-networks.js";
import { type ContainerPlan, usersOf } from "../containers/container-plan.js";
import { DEFAULT_TAG, imageNameOf, nodeSetting, portSetting } from "../containers/settings.js";
import type { OutputPlace } from "../target.js";
import { inWords } from "../text/words.js";
import { anchored, inline, listing, map, noted, quoted, renderYaml, sameAs, section, type YamlValue } from "../text/yaml.js";
import type { SwarmPlan } from "./swarm-plan.js";

/** The file stack.yaml, for `docker stack deploy` of Docker 20.10 and newer. It holds nothing that Swarm passes over. */
export function renderSwarm(swarm: SwarmPlan, place: OutputPlace): string {
  const { containers, all, secrets, configs } = swarm;
  const volumes = dataNames(all);
  const files = [...secrets.map(({ name }) => [name, `./secrets/${name}`] as const), ...all.flatMap(userSecrets)];
  return renderYaml(
    headerOf(swarm, place),
    map({
      version: quoted("3.8"),
      ...sharedParts(containers),
      "x-hardened": all.some(({ hardening }) => hardening === "all") ? section(ABOUT_HARDENED, HARDENED) : undefined,
      ...(all.some(({ role }) => role === "service") ? SERVICE_UPDATES : {}),
      ...(volumes.length > 0 ? DATABASE_UPDATES : {}),
      services: listing(aboutServices(containers), all, (container) => [container.name, serviceOf(container, swarm)]),
      networks: listing(ABOUT_NETWORKS, containers.networks, (network) => [network.name, networkOf(network)]),
      volumes: listing("The data, each on the node of its database.", volumes, (name) => [name, null]),
      configs: listing(ABOUT_CONFIGS, configs, ({ name, path }) => [name, map({ file: `./${path}` })]),
      secrets: listing(ABOUT_SECRETS, files, ([name, file]) => [name, map({ file })]),
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

/** One service of the stack. */
function serviceOf(container: Container, swarm: SwarmPlan): YamlValue {
  const { name, hardening, init, seesHost, capabilities, stopSeconds } = container;
  const configs = swarm.configs.filter((config) => config.container === name);
  return section(
    aboutOf(container, swarm),
    map({
      "<<": hardening === "all" ? sameAs("hardened") : undefined,
      image: imageOf(container, swarm),
      command: command(container),
      init: init ? true : undefined,
      // So that node_uname_info tells which node it is.
      hostname: seesHost ? quoted("{{.Node.Hostname}}") : undefined,
      environment: mapOrNothing(environmentOf(container, swarm)),
      secrets: listOrNothing(secretsOf(container, swarm)),
      configs: listOrNothing(configs.map((config) => map({ source: config.name, target: config.target }))),
      volumes: listOrNothing(mountsOf(container)),
      networks: networksOf(container, swarm.containers),
      ports: portsOf(container),
      healthcheck: healthcheck(container),
      cap_add: capabilities.length > 0 ? inline([...capabilities]) : undefined,
      stop_grace_period: duration(stopSeconds),
      logging: sameAs("logging"),
      deploy: deployOf(container, swarm),
    }),
  );
}

function aboutOf({ name, role, about }: Container, { containers }: SwarmPlan): string {
  const users = usersOf(containers, name);
  const port = containers.ports.get(name);
  const lines = [
    port !== undefined ? `Public, on port ${port} of every node.` : users.length === 0 ? "" : `Used by ${inWords(users)}.`,
    role === "database" ? "Its data is a volume of one node and does not follow it to another: see placement." : about,
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function imageOf({ name, image }: Container, { containers }: SwarmPlan): string {
  if (image.kind === "ready") return literal(image.reference);
  return `${setting("REGISTRY", "")}${imageNameOf(containers.plan.stack, name)}:${setting("TAG", DEFAULT_TAG)}`;
}

/** A variable with a secret in it is the path of a file, under a name that says so. */
function environmentOf({ name, env }: Container, { containers, secrets }: SwarmPlan): readonly (readonly [string, string])[] {
  return Object.entries(env).flatMap(([variable, value]) => {
    const secret = secrets.find((each) => each.container === name && each.variable === variable);
    if (secret !== undefined) return [[`${variable}_FILE`, `/run/secrets/${secret.name}`] as const];
    return rendered({ [variable]: value }, containers, noSecret);
  });
}

function secretsOf(container: Container, { secrets }: SwarmPlan): readonly YamlValue[] {
  const own = secrets.filter((secret) => secret.container === container.name);
  return [...own.map(({ name }) => name), ...container.userFiles.map(({ path, target }) => map({ source: secretName(path), target }))];
}

/** What the user writes: name of the secret, and its file. */
function userSecrets({ userFiles }: Container): readonly (readonly [name: string, file: string])[] {
  return userFiles.map(({ path }) => [secretName(path), `./${path}`]);
}

const secretName = (path: string): string => path.replaceAll("/", "-");

/** A list of its own takes the place of the shared one, with its folders in memory. */
function mountsOf(container: Container): readonly YamlValue[] {
  const { hardening, writable, sharedMemoryMb } = container;
  const volumes = volumesOf(container);
  const folders = hardening === "all" && (volumes.length > 0 || writable.length > 1) ? writable : [];
  const size = (sharedMemoryMb ?? 0) * 1024 * 1024;
  const shared = map({ type: "tmpfs", target: "/dev/shm", tmpfs: map({ size }) });
  return [
    ...volumes,
    ...(sharedMemoryMb === null ? [] : [noted("In place of shm_size, which Swarm does not know.", shared)]),
    ...folders.map((target) => map({ type: "tmpfs", target })),
  ];
}

/** In ingress mode, Swarm's own default: any node leads to any copy. */
function portsOf({ name, ports }: Container): YamlValue | undefined {
  const published = ports.filter((port) => port.for !== "stack");
  return listOrNothing(published.map(({ inside, outside }) => quoted(`${setting(portSetting(name), outside)}:${inside}`)));
}

function deployOf(container: Container, { containers }: SwarmPlan): YamlValue {
  const { role, name, copies, seesHost, memoryMb, labels } = container;
  const isService = role === "service";
  return map({
    mode: seesHost ? noted("One on each node.", "global") : undefined,
    replicas: seesHost ? undefined : copies,
    endpoint_mode:
      role === "database"
        ? noted("Straight to the one container: a virtual address forgets connections after 15 idle minutes.", "dnsrr")
        : undefined,
    placement: dataVolumes(container).length > 0 ? placementOf(name) : undefined,
    update_config: sameAs(isService ? "rolling" : "replacing"),
    rollback_config: sameAs(isService ? "rolling-back" : "replacing-back"),
    restart_policy: map({ condition: "any", delay: "2s" }),
    resources: map({ limits: map({ memory: `${memoryMb}M` }) }),
    labels: mapOrNothing(rendered(labels, containers, noSecret)),
  });
}

/** Where the volume is. */
function placementOf(name: string): YamlValue {
  const constraint = quoted(setting(nodeSetting(name), "node.role == manager"));
  const why = `With more than one manager set ${nodeSetting(name)}, for example to "node.hostname == data-1".`;
  return map({ constraints: [noted(why, constraint)] });
}

function aboutServices({ leftOut }: ContainerPlan): string {
  const missing = leftOut.map((name) => `Not here: ${name}, which has no image.`);
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
