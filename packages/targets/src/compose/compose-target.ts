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
import { type Container, hasSecrets, MOST_PROCESSES } from "../containers/container.js";
import type { ContainerNetwork } from "../containers/container-networks.js";
import { type ContainerPlan, containerPlanOf, filesOf, usersOf } from "../containers/container-plan.js";
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
import { DEFAULT_TAG, imageNameOf, portSetting } from "../containers/settings.js";
import { markOf } from "../containers/short-names.js";
import type { OutputPlace, SecretFile, Target } from "../target.js";
import { commandLine, inWords, shell, table } from "../text/words.js";
import { anchored, inline, listing, map, mapEach, noted, quoted, renderYaml, sameAs, section, type YamlValue } from "../text/yaml.js";

/** Docker's address pools hold about 30 networks, other projects' included. */
const MANY_NETWORKS = 25;

/** Containers on one machine, by `docker compose` or docker-compose. */
export const composeTarget: Target = {
  name: "compose",
  summary: "containers on one machine: compose.yaml for docker compose, .env with the secrets",
  render: (plan, place) => {
    const containers = containerPlanOf(plan);
    return {
      files: [
        { path: "compose.yaml", text: renderCompose(containers, place) },
        { path: ".gitignore", text: ["# It holds the secrets.", ".env", ...ignoredFiles(containers), ""].join("\n") },
        { path: "README.md", text: renderReadme(containers, place) },
        ...filesOf(containers.monitoring),
      ],
      secretFiles: [envFile(containers)],
      notes: [...containerNotes(containers, "compose.yaml"), ...networkNotes(containers), ...mailNotes(containers)],
    };
  },
  next: (folder) => `cd ${folder} && docker compose up --build --detach`,
};

const ABOUT_HARDENED =
  "What is built here can write to /tmp only, has no privileges and can gain none. It listens on any port without one\n" +
  "(Docker 20.10 and newer allow it).";

const HARDENED = map({
  read_only: true,
  tmpfs: inline(["/tmp"]),
  cap_drop: inline(["ALL"]),
  security_opt: inline(["no-new-privileges:true"]),
});

const BIND_ADDRESSES = { users: "BIND_ADDRESS", operators: "MONITORING_BIND_ADDRESS" } as const;

const ABOUT_NETWORKS =
  "One for each link: a service reaches what it uses, and nothing else. No connection enters or leaves an internal one.\n" +
  "A public service has one more, to publish its port: answers leave it, and connections of its own do not, since without masquerading\n" +
  "nothing comes back to them.";

const ABOUT_VOLUMES = 'The data. "docker compose down --volumes" deletes it.';

function envFile({ plan, settings }: ContainerPlan): SecretFile {
  const lines = [...settings].flatMap(([secret, name]) => [text(`${name}=`), { kind: "secret", name: secret } as const, text("\n")]);
  return { path: ".env", form: "env", parts: [text(`COMPOSE_PROJECT_NAME=${plan.stack}\n`), ...lines] };
}

const text = (value: string) => ({ kind: "text", text: value }) as const;

function networkNotes({ networks }: ContainerPlan): readonly string[] {
  if (networks.length < MANY_NETWORKS) return [];
  const pools = '"default-address-pools": [{"base": "10.200.0.0/16", "size": 24}]';
  return [
    `compose.yaml has ${networks.length} networks, and Docker has addresses for about 30: if it says that none are left, ` +
      `write ${pools} into /etc/docker/daemon.json and restart Docker`,
  ];
}

/** README.md beside compose.yaml: what an operator asks first. */
function renderReadme(containers: ContainerPlan, place: OutputPlace): string {
  const sections = [
    `# The stack "${containers.plan.stack}" with Docker Compose`,
    "Made by groundplan. Change the stack file, not these files, and make them anew; what differs on one machine goes into `.env` or\n" +
      "`compose.override.yaml`, which are left alone.",
    shell(`npx groundplan synth compose --stack ${place.stackFolder} --out .`),
    ...running(containers, place),
    ...settings(containers),
    ...openingIt(containers),
    ...monitoringSection(
      containers,
      "Its files are mounted read-only. When they were made anew, `docker compose up --detach` starts those anew that read what has changed.",
    ),
    ...keepingData(containers),
  ];
  return `${sections.join("\n\n")}\n`;
}

function running(containers: ContainerPlan, place: OutputPlace): readonly string[] {
  const before = prepareCommands(containers, place);
  return [
    "## Run",
    table(
      ["what", "command"],
      [
        ["start; build images that are missing", "`docker compose up --detach`"],
        ["start; build all images anew", "`docker compose up --build --detach`"],
        ["what runs, and its health", "`docker compose ps`"],
        ["logs", "`docker compose logs --follow`"],
        ["stop; keep the data", "`docker compose down`"],
        ["stop; delete the data", "`docker compose down --volumes`"],
      ],
    ),
    "The older `docker-compose` (1.27 or newer) takes the same commands. A container that ends is started again; one that runs and is\n" +
      "unhealthy is not: look at its log.",
    ...(before.length === 0 ? [] : ["Before images are built:", shell(...before)]),
  ];
}

function settings(containers: ContainerPlan): readonly string[] {
  const { ports, monitoring, settings: secrets } = containers;
  const rows = [
    ["`COMPOSE_PROJECT_NAME`", "the stack's name", "first part of the names of containers, networks and volumes"],
    ["`TAG`", "`latest`", "which build of the images runs"],
    ...[...ports].map(([service, port]) => [`\`${portSetting(service)}\``, `\`${port}\``, `where ${service} is found`]),
    ...(ports.size === 0
      ? []
      : [
          ["`BIND_ADDRESS`", "`127.0.0.1`", "who can connect: `0.0.0.0` for everybody"],
          ["`PUBLIC_HOST`", "`127.0.0.1`", "name of this machine in the links between pages"],
        ]),
    ...monitoringSettings(containers),
    ...(monitoring.length === 0
      ? []
      : [["`MONITORING_BIND_ADDRESS`", "`127.0.0.1`", "who can open Prometheus and Grafana, which ask for no account"]]),
    ...[...secrets].map(([secret, name]) => [`\`${name}\``, "made up once", `the secret ${secret}`]),
  ];
  return [
    "## Settings",
    "Lines `NAME=value` in `.env`. A variable of the shell with the same name wins.",
    table(["name", "usually", "meaning"], rows),
    ...(secrets.size === 0
      ? []
      : [
          "Whoever reads `.env` has the secrets: git ignores it. The password of a database is set when its volume is new; to change it\n" +
            "later, change it in the database too.",
        ]),
  ];
}

function openingIt({ ports }: ContainerPlan): readonly string[] {
  if (ports.size === 0) return [];
  return [
    "## Open it to the world",
    "Set `BIND_ADDRESS=0.0.0.0` and `PUBLIC_HOST` to the name of this machine. Docker's published ports pass by the rules of ufw and\n" +
      "firewalld, so close what should stay closed elsewhere. For HTTPS leave `BIND_ADDRESS` as it is and put a proxy (Caddy, nginx) in front.",
  ];
}

function keepingData(containers: ContainerPlan): readonly string[] {
  const volumes = keptData(containers);
  if (volumes.length === 0) return [];
  const backup = backupCommands(containers, {
    inside: (name) => `docker compose exec -T ${name}`,
    stop: (services) => `docker compose stop ${services.map(({ name }) => name).join(" ")}`,
    start: (services) => `docker compose start ${services.map(({ name }) => name).join(" ")}`,
  });
  return [
    "## Data",
    table(
      ["of", "volume"],
      volumes.map(([name, volume]) => [name, `\`${containers.plan.stack}_${volume}\``]),
    ),
    ...(backup === null ? [] : ["Save a database while it runs, and load it while nobody writes to it:", backup]),
    ...(containers.components.some(({ role }) => role === "database")
      ? ["A volume belongs to one major version of its image: save, change the version, load into a new volume."]
      : []),
  ];
}

/** The file compose.yaml, for `docker compose` and for docker-compose from 1.27 on. */
export function renderCompose(containers: ContainerPlan, place: OutputPlace): string {
  const { plan, components, monitoring, networks } = containers;
  const all = [...components, ...monitoring];
  const hardens = all.some(({ hardening }) => hardening === "all");
  return renderYaml(
    headerOf(plan.stack, place),
    map({
      ...sharedParts(containers),
      "x-hardened": hardens ? section(ABOUT_HARDENED, anchored("hardened", HARDENED)) : undefined,
      services: listing(aboutServices(containers), all, (container) => [container.name, serviceOf(container, containers, place)]),
      networks: listing(aboutNetworks(containers), networks, (network) => [network.name, networkOf(network)]),
      volumes: listing(ABOUT_VOLUMES, dataNames(all), (name) => [name, null]),
    }),
  );
}

function headerOf(stack: string, { stackFolder }: OutputPlace): string {
  return [
    `The stack "${stack}" in containers, made by groundplan from its stack file. Do not edit: change the stack file and make it anew,`,
    "or write what differs on this machine into compose.override.yaml. Settings and secrets are in .env; README.md has the rest.",
    "",
    `  make anew   npx groundplan synth compose --stack ${stackFolder} --out .`,
    "  start       docker compose up --build --detach",
    "  stop        docker compose down        (keeps the data)",
  ].join("\n");
}

/** One container. */
function serviceOf(container: Container, containers: ContainerPlan, place: OutputPlace): YamlValue {
  const { env, init, hardening, capabilities, writable, memoryMb, sharedMemoryMb, stopSeconds } = container;
  return section(
    aboutOf(container, containers, place),
    map({
      "<<": hardening === "all" ? sameAs("hardened") : undefined,
      ...imageOf(container, containers, place),
      command: command(container),
      restart: "unless-stopped",
      // Reaps orphans and passes signals on, whatever the image starts.
      init: init ? true : undefined,
      depends_on: dependsOn(container, containers),
      environment: mapOrNothing(rendered(env, containers, (secret) => `\${${containers.settings.get(secret)}:?write it into .env}`)),
      volumes: listOrNothing([...mountsOf(container), ...volumesOf(container)]),
      tmpfs: hardening === "all" && writable.length > 1 ? inline([...writable]) : undefined,
      networks: networksOf(container, containers),
      ports: portsOf(container),
      healthcheck: healthcheck(container),
      labels: labelsOf(container, containers),
      cap_add: capabilities.length > 0 ? inline([...capabilities]) : undefined,
      security_opt: hardening === "no-new" ? inline(["no-new-privileges:true"]) : undefined,
      mem_limit: `${memoryMb}m`,
      shm_size: sharedMemoryMb === null ? undefined : `${sharedMemoryMb}m`,
      pids_limit: MOST_PROCESSES,
      stop_grace_period: duration(stopSeconds),
      logging: sameAs("logging"),
    }),
  );
}

function aboutOf(container: Container, containers: ContainerPlan, place: OutputPlace): string {
  const { name, role, image, about } = container;
  const users = usersOf(containers, name);
  const port = containers.ports.get(name);
  const lines = [
    port !== undefined ? `Public: http://127.0.0.1:${port}` : users.length === 0 ? "" : `Used by ${inWords(users)}.`,
    role === "database" && hasSecrets(container) ? "The password is set when the volume is new; .env only tells it." : "",
    about,
    image.kind === "built" && image.prepare !== null
      ? `Before its image is built, in ${sourceFolder(image.folder, place)}: ${commandLine(image.prepare)}`
      : "",
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function imageOf({ name, image }: Container, { plan }: ContainerPlan, place: OutputPlace): Readonly<Record<string, YamlValue>> {
  if (image.kind === "ready") return { image: literal(image.reference) };
  return {
    image: `${imageNameOf(plan.stack, name)}:${setting("TAG", DEFAULT_TAG)}`,
    build: quoted(literal(sourceFolder(image.folder, place))),
  };
}

function dependsOn({ after }: Container, { components }: ContainerPlan): YamlValue | undefined {
  const used = components.filter(({ name }) => after.includes(name));
  if (used.length === 0) return undefined;
  return mapEach(used, (other) => {
    const isKnown = other.health !== null;
    const condition = map({ condition: isKnown ? "service_healthy" : "service_started" });
    return [other.name, isKnown ? condition : noted("Its image tells of no health.", condition)];
  });
}

function mountsOf({ files, userFiles }: Container): readonly YamlValue[] {
  return [
    ...files.map(({ path, target }) => quoted(`./${path}:${target}:ro`)),
    ...userFiles.map(({ path, target }) =>
      noted(
        "Not started without it: README.md says how to write it.",
        map({ type: "bind", source: literal(`./${path}`), target, read_only: true }),
      ),
    ),
  ];
}

function portsOf({ name, ports }: Container): YamlValue | undefined {
  return listOrNothing(
    ports.flatMap(({ inside, outside, for: who }) =>
      who === "stack" ? [] : [quoted(`${setting(BIND_ADDRESSES[who], "127.0.0.1")}:${setting(portSetting(name), outside)}:${inside}`)],
    ),
  );
}

function labelsOf({ files, labels }: Container, containers: ContainerPlan): YamlValue | undefined {
  const own = rendered(labels, containers, noSecret).map(([name, value]) => [name, quoted(value)] as const);
  const mark = markOf(files.flatMap(({ target, text }) => [target, text]).join("\0"));
  const read = noted("Follows from its files: when they change, it is started anew.", quoted(mark));
  const all = files.length === 0 ? own : [...own, ["groundplan.files", read] as const];
  return all.length === 0 ? undefined : mapEach(all, (entry) => entry);
}

function aboutServices({ leftOut }: ContainerPlan): string {
  const missing = leftOut.map((name) => `Not here: ${name}, which has no image.`);
  return ["In start order: each one waits until what it uses is healthy.", ...missing].join("\n");
}

function aboutNetworks({ monitoring }: ContainerPlan): string {
  if (monitoring.length === 0) return ABOUT_NETWORKS;
  return `${ABOUT_NETWORKS}\nSo it is with what Prometheus reads: it has a network with each, and these reach it, and not each other.`;
}

function networkOf({ kind, outbound }: ContainerNetwork): YamlValue {
  switch (kind) {
    case "link":
    case "alone":
      return map({ internal: true });
    case "internet":
      return noted("Leads out of the stack.", null);
    case "public":
      return outbound
        ? noted("Publishes its port, and leads out of the stack.", null)
        : map({ driver_opts: map({ "com.docker.network.bridge.enable_ip_masquerade": quoted("false") }) });
  }
}
