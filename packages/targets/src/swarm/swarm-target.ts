import type { EnvPart, Plan } from "@groundplan/model";
import { sourceFolder } from "../containers/compose-format.js";
import type { Container } from "../containers/container.js";
import { filesOf, portOf } from "../containers/container-plan.js";
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
import type { OutputPlace, SecretFile, SecretPart, Target } from "../target.js";
import { shell, shellWord, table } from "../text/words.js";
import { renderSwarm } from "./swarm-file.js";
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

function secretFile({ name, value }: SwarmSecret, { containers }: SwarmPlan): SecretFile {
  return { path: `secrets/${name}`, form: "value", parts: value.map((part) => secretPart(part, containers.plan)) };
}

function secretPart(part: EnvPart, plan: Plan): SecretPart {
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
