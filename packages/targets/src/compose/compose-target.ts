import { type ContainerPlan, containerPlanOf, filesOf } from "../containers/container-plan.js";
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
import { portSetting } from "../containers/settings.js";
import type { OutputPlace, SecretFile, Target } from "../target.js";
import { shell, table } from "../text/words.js";
import { renderCompose } from "./compose-file.js";

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
