import type { PlannedComponent } from "@groundplan/model";
import type { ContainerPlan } from "../containers/container-plan.js";
import { DATA_FOLDER } from "../containers/databases.js";
import { DEFAULT_TAG, imageNameOf } from "../containers/image-name.js";
import { dataVolumesOf } from "../containers/monitoring-container-parts.js";
import { monitoringSection, monitoringSettings } from "../containers/monitoring-readme.js";
import { backupCommands, prepareCommands } from "../containers/readme-parts.js";
import { nodeSetting, portSetting } from "../containers/settings.js";
import { shellWord, sourceFolder } from "../containers/source-folder.js";
import { shell, table } from "../markdown/markdown.js";
import type { OutputPlace } from "../target.js";
import type { SwarmPlan } from "./swarm-plan.js";

/** README.md beside stack.yaml: what an operator asks first. */
export function renderSwarmReadme(swarm: SwarmPlan, place: OutputPlace): string {
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
  const builds = components.flatMap(({ name, source }) =>
    source.kind === "service" && source.build !== null
      ? [`docker build --tag ${imageNameOf(plan.stack, name)}:${DEFAULT_TAG} ${shellWord(sourceFolder(source.build, place))}`]
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
    ...withVolume(containers).map((name) => [`\`${nodeSetting(name)}\``, "`node.role == manager`", `which node has the data of ${name}`]),
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
  const example = secrets.findLast(({ component }) => containers.components.some((each) => each.name === component));
  if (example === undefined) return [];
  return [
    "## Secrets",
    "Each file in `secrets/` is the value of one variable; git ignores them. A container finds it as a file whose path is in the variable\n" +
      `with \`_FILE\` at its end: \`${example.variable}_FILE=/run/secrets/${example.name}\`. Swarm keeps the value that was deployed first. To change\n` +
      "one, take the secret away, write the file anew, and deploy:",
    shell(
      `docker service update --secret-rm ${name}_${example.name} ${name}_${example.component}`,
      `docker secret rm ${name}_${example.name}`,
    ),
  ];
}

/** Those whose data is on one node. */
function withVolume({ components, monitoring }: ContainerPlan): readonly string[] {
  const databases = components.filter(({ kind }) => DATA_FOLDER[kind] !== null);
  return [...databases, ...monitoring.filter((part) => dataVolumesOf([part]).length > 0)].map(({ name }) => name);
}

function data({ containers, name }: SwarmPlan): readonly string[] {
  const kept = withVolume(containers);
  if (kept.length === 0) return [];
  const scale = (services: readonly PlannedComponent[], copies: (service: PlannedComponent) => number): string =>
    `docker service scale ${services.map((service) => `${name}_${service.name}=${copies(service)}`).join(" ")}`;
  const backup = backupCommands(containers, {
    inside: (component) => `docker exec -i $(docker ps --quiet --filter label=com.docker.swarm.service.name=${name}_${component})`,
    stop: (services) => scale(services, () => 0),
    start: (services) => scale(services, ({ source }) => (source.kind === "service" ? source.replicas : 1)),
  });
  return [
    "## Data",
    "A volume lies on one node. With more than one manager say which, before the first deployment:",
    shell(...kept.map((each) => `export ${nodeSetting(each)}='node.hostname == data-1'`)),
    ...(backup === null ? [] : ["Save a database while it runs, and load it while nobody writes to it, on its node:", backup]),
  ];
}
