import type { EnvPiece, Plan } from "@groundplan/model";
import { shellWord } from "@groundplan/model";
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
  sourceFolder,
  volumesOf,
} from "../containers/compose-format.js";
import { type Container, dataVolumes } from "../containers/container.js";
import type { ContainerNetwork } from "../containers/container-networks.js";
import { type ContainerPlan, filesOf, portOf, usersOf } from "../containers/container-plan.js";
import {
  backupCommands,
  containerNotes,
  ignoredFiles,
  keptData,
  mailNotes,
  monitoringSection,
  monitoringSettings,
  prepareCommands,
} from "../containers/container-readme.js";
import { DEFAULT_TAG, imageNameOf, nodeSetting, portSetting } from "../containers/settings.js";
import type { OutputPlace, SecretFile, SecretPiece, Target } from "../target.js";
import { inWords, shell, table } from "../text/words.js";
import { anchored, inline, listing, map, noted, quoted, renderYaml, sameAs, section, type YamlValue } from "../text/yaml.js";
import { type SwarmPlan, type SwarmSecret, swarmPlanOf } from "./swarm-plan.js";

/** Containers on several machines, by `docker stack deploy`. */
export const swarmTarget: Target = {
  name: "swarm",
  summary: "containers on several machines: stack.yaml for docker stack deploy, a file for each secret",
  render: (plan, place) => {
    const swarm = swarmPlanOf(plan);
    return {
      files: [
        { path: "stack.yaml", text: renderSwarm(swarm, place) },
        { path: ".gitignore", text: ["secrets/", ...ignoredFiles(swarm.containers), ""].join("\n") },
        { path: "README.md", text: renderReadme(swarm, place) },
        ...filesOf(swarm.all),
      ],
      secretFiles: swarm.secrets.map((secret) => secretFile(secret, swarm)),
      notes: [
        ...containerNotes(swarm.containers, "stack.yaml"),
        ...(plan.monitoring === null ? [] : [OPEN_PAGES]),
        ...mailNotes(swarm.containers),
        ...(swarm.name === plan.stack
          ? []
          : [`Swarm's names have 63 letters at most: deploy this stack under a shorter one, ${swarm.name}`]),
      ],
    };
  },
  next: (folder) => `cd ${folder} && docker stack deploy --compose-file stack.yaml NAME`,
};

const OPEN_PAGES =
  "Swarm publishes Prometheus (9090) and Grafana (3000) on all addresses of every node, and they ask for no account: let nobody but you reach these ports";

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

const ABOUT_NETWORKS =
  "One for each link: a service reaches what it uses, and nothing else. Public ports are published by Swarm's own ingress network,\n" +
  "which also lets a public service open connections to the world; Swarm has no way to forbid it.";

const ABOUT_CONFIGS =
  "What monitoring reads. Swarm hands it to the nodes and never changes it: each name has a mark of the contents, so that new contents are a\n" +
  "new config.";

const ABOUT_SECRETS =
  "Each is the whole value of one variable, as a file in the containers that have it. Swarm does not change the value of a secret that\n" +
  "exists: README.md says how.";

function secretFile({ name, value }: SwarmSecret, { containers }: SwarmPlan): SecretFile {
  return { path: `secrets/${name}`, form: "value", parts: value.map((part) => secretPiece(part, containers.plan)) };
}

function secretPiece(part: EnvPiece, plan: Plan): SecretPiece {
  switch (part.kind) {
    case "text":
    case "secret":
      return part;
    case "host":
      return { kind: "text", text: part.of };
    case "port":
      return { kind: "text", text: String(portOf(plan, part.of)) };
    case "page":
      throw new Error(`the page of ${part.of} stands beside a secret, which it does in no variable of the model`);
  }
}

/** README.md beside stack.yaml: what an operator asks first. */
function renderReadme(swarm: SwarmPlan, place: OutputPlace): string {
  const sections = [
    `# The stack "${swarm.containers.plan.stack}" with Docker Swarm`,
    "Made by groundplan for Docker 20.10 and newer. Change the stack file, not these files, and make them anew; what differs in one place goes\n" +
      "into a file of your own: `--compose-file stack.yaml --compose-file own.yaml`.",
    shell(`npx groundplan synth swarm --stack ${place.stackFolder} --out .`),
    ...images(swarm, place),
    ...running(swarm),
    ...settings(swarm),
    ...secretValues(swarm),
    ...data(swarm),
    ...monitoringSection(
      swarm.containers,
      "Swarm gives it its files as configs. Each node has a node exporter, and is a host of that address in the dashboards; `node_uname_info`\n" +
        "tells its name. Prometheus and Grafana are published on all nodes: close ports 9090 and 3000 to all but you.",
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

function images({ containers }: SwarmPlan, place: OutputPlace): readonly string[] {
  const { plan, components } = containers;
  const builds = components.flatMap(({ name, image }) =>
    image.kind === "built"
      ? [`docker build --tag ${imageNameOf(plan.stack, name)}:${DEFAULT_TAG} ${shellWord(sourceFolder(image.folder, place))}`]
      : [],
  );
  if (builds.length === 0) return [];
  return [
    "## Images",
    "Every node must have the images that are built here. With one node building is enough; with more, tag and push them to a registry, and\n" +
      "deploy with `REGISTRY=registry.example.com/` (with the slash).",
    shell(...prepareCommands(containers, place), ...builds),
  ];
}

function running({ name }: SwarmPlan): readonly string[] {
  return [
    "## Run",
    table(
      ["what", "command"],
      [
        ["once, on the first node", "`docker swarm init`"],
        ["deploy, or change what runs", `\`docker stack deploy --compose-file stack.yaml ${name}\``],
        ["a new version, copy by copy", `\`TAG=2 docker stack deploy --compose-file stack.yaml ${name}\``],
        ["what runs", `\`docker stack services ${name}\``],
        ["why something does not", `\`docker stack ps --no-trunc ${name}\``],
        ["back to the version before", `\`docker service rollback ${name}_SERVICE\``],
        ["remove; keep the data", `\`docker stack rm ${name}\``],
      ],
    ),
    "Services come up in any order and are started again until what they use is there. A new version whose copies do not become healthy\n" +
      "is rolled back by itself.",
  ];
}

function settings({ containers }: SwarmPlan): readonly string[] {
  const { ports } = containers;
  const rows = [
    ["`TAG`", `\`${DEFAULT_TAG}\``, "which build of the images runs"],
    ["`REGISTRY`", "empty", "where the images are pulled from, with a slash at its end"],
    ...[...ports].map(([service, port]) => [`\`${portSetting(service)}\``, `\`${port}\``, `where ${service} is found, on every node`]),
    ...(ports.size === 0 ? [] : [["`PUBLIC_HOST`", "`127.0.0.1`", "name of the nodes in the links between pages"]]),
    ...monitoringSettings(containers).map(([name = "", usual = "", meaning]) => [name, usual, `${meaning}, on every node`]),
    ...keptData(containers).map(([name]) => [`\`${nodeSetting(name)}\``, "`node.role == manager`", `which node has the data of ${name}`]),
  ];
  return [
    "## Settings",
    "Variables of the shell that deploys.",
    table(["name", "usually", "meaning"], rows),
    ...(ports.size === 0 && containers.monitoring.length === 0
      ? []
      : ["Published ports are open on all addresses of all nodes: close in a firewall what should be closed."]),
  ];
}

function secretValues({ containers, secrets, name }: SwarmPlan): readonly string[] {
  const example = secrets.findLast(({ container }) => containers.components.some((each) => each.name === container));
  if (example === undefined) return [];
  return [
    "## Secrets",
    "Each file in `secrets/` is the value of one variable; git ignores them. A container finds it as a file whose path is in the variable\n" +
      `with \`_FILE\` at its end: \`${example.variable}_FILE=/run/secrets/${example.name}\`. Swarm keeps the value that was deployed first. To change\n` +
      "one, take the secret away, write the file anew, and deploy:",
    shell(
      `docker service update --secret-rm ${name}_${example.name} ${name}_${example.container}`,
      `docker secret rm ${name}_${example.name}`,
    ),
  ];
}

function data({ containers, name }: SwarmPlan): readonly string[] {
  const kept = keptData(containers);
  if (kept.length === 0) return [];
  const scale = (services: readonly Container[], copies: (service: Container) => number): string =>
    `docker service scale ${services.map((service) => `${name}_${service.name}=${copies(service)}`).join(" ")}`;
  const backup = backupCommands(containers, {
    inside: (component) => `docker exec -i $(docker ps --quiet --filter label=com.docker.swarm.service.name=${name}_${component})`,
    stop: (services) => scale(services, () => 0),
    start: (services) => scale(services, ({ copies }) => copies),
  });
  return [
    "## Data",
    "A volume lies on one node. With more than one manager say which, before the first deployment:",
    shell(...kept.map(([each]) => `export ${nodeSetting(each)}='node.hostname == data-1'`)),
    ...(backup === null ? [] : ["Save a database while it runs, and load it while nobody writes to it, on its node:", backup]),
  ];
}

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

function networkOf({ outbound }: ContainerNetwork): YamlValue {
  const overlay = map({ driver: "overlay", internal: outbound ? undefined : true });
  return outbound ? noted("Leads out of the stack.", overlay) : overlay;
}
