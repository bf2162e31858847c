import type { ContainerNetwork } from "../containers/container-networks.js";
import { sharedParts } from "../containers/container-parts.js";
import type { ContainerPlan } from "../containers/container-plan.js";
import { DATA_FOLDER, volumeOf } from "../containers/databases.js";
import { dataVolumesOf } from "../containers/monitoring-container-parts.js";
import type { OutputPlace } from "../target.js";
import { renderYaml } from "../yaml/render-yaml.js";
import { anchored, inline, listing, map, noted, quoted, section, type YamlValue } from "../yaml/yaml-value.js";
import { composeMonitoring } from "./compose-monitoring.js";
import { composeService } from "./compose-service.js";

/** The file compose.yaml, for `docker compose` and for docker-compose from 1.27 on. */
export function renderCompose(containers: ContainerPlan, settings: ReadonlyMap<string, string>, place: OutputPlace): string {
  const { plan, components, monitoring, networks } = containers;
  const context = { containers, place, secret: (name: string) => `\${${settings.get(name)}:?write it into .env}` };
  const databases = components.filter(({ kind }) => DATA_FOLDER[kind] !== null).map(({ name }) => volumeOf(name));
  const volumes = [...databases, ...dataVolumesOf(monitoring)];
  const services = [
    ...components.map((component) => [component.name, composeService(component, context)] as const),
    ...monitoring.map((part) => [part.name, composeMonitoring(part, context)] as const),
  ];
  const hardens = monitoring.length > 0 || components.some(({ source }) => source.kind === "service" && source.hardened);
  return renderYaml(
    headerOf(plan.stack, place),
    map({
      ...sharedParts(containers),
      "x-hardened": hardens ? section(ABOUT_HARDENED, anchored("hardened", HARDENED)) : undefined,
      services: listing(aboutServices(containers), services, (entry) => entry),
      networks: listing(aboutNetworks(containers), networks, (network) => [network.name, networkOf(network)]),
      volumes: listing(ABOUT_VOLUMES, volumes, (name) => [name, null]),
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

function aboutServices({ leftOut }: ContainerPlan): string {
  const missing = leftOut.map(({ name }) => `Not here: ${name}, which has neither build nor image.`);
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
