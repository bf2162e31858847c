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
import { type ContainerPlan, usersOf } from "../containers/container-plan.js";
import { DEFAULT_TAG, imageNameOf, portSetting } from "../containers/settings.js";
import { markOf } from "../containers/short-names.js";
import type { OutputPlace } from "../target.js";
import { commandLine, inWords } from "../text/words.js";
import { anchored, inline, listing, map, mapEach, noted, quoted, renderYaml, sameAs, section, type YamlValue } from "../text/yaml.js";

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

const ABOUT_HARDENED =
  "What is built here can write to /tmp only, has no privileges and can gain none. It listens on any port without one\n" +
  "(Docker 20.10 and newer allow it).";

const HARDENED = map({
  read_only: true,
  tmpfs: inline(["/tmp"]),
  cap_drop: inline(["ALL"]),
  security_opt: inline(["no-new-privileges:true"]),
});

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
      volumes: listOrNothing([...filesOf(container), ...volumesOf(container)]),
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

function filesOf({ files, userFiles }: Container): readonly YamlValue[] {
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

const BIND_ADDRESSES = { users: "BIND_ADDRESS", operators: "MONITORING_BIND_ADDRESS" } as const;

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

const ABOUT_NETWORKS =
  "One for each link: a service reaches what it uses, and nothing else. No connection enters or leaves an internal one.\n" +
  "A public service has one more, to publish its port: answers leave it, and connections of its own do not, since without masquerading\n" +
  "nothing comes back to them.";

function aboutNetworks({ monitoring }: ContainerPlan): string {
  if (monitoring.length === 0) return ABOUT_NETWORKS;
  return `${ABOUT_NETWORKS}\nSo it is with what Prometheus reads: it has a network with each, and these reach it, and not each other.`;
}

const ABOUT_VOLUMES = 'The data. "docker compose down --volumes" deletes it.';

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
