import { shellWord } from "@groundplan/model";
import { MAIL_PASSWORD_FILE, mailPassword } from "../monitoring/reach.js";
import type { OutputPlace } from "../target.js";
import { commandLine, inWords, shell, table } from "../text/words.js";
import { sourceFolder } from "./compose-format.js";
import { type Container, dataVolumes, isOpenToPeople } from "./container.js";
import { type ContainerPlan, usersOf } from "./container-plan.js";
import { isPinned, portSetting } from "./settings.js";

/** What Compose and Swarm tell people alike: in their README.md, and beside it. */

/** The commands that make ready what the Dockerfiles copy; empty when there are none. */
export function prepareCommands({ components }: ContainerPlan, place: OutputPlace): readonly string[] {
  return components.flatMap(({ image }) =>
    image.kind === "built" && image.prepare !== null
      ? [`(cd ${shellWord(sourceFolder(image.folder, place))} && ${commandLine(image.prepare)})`]
      : [],
  );
}

export interface BackupWords {
  /** What runs a program in the container of a component. */
  inside(component: string): string;
  stop(services: readonly Container[]): string;
  start(services: readonly Container[]): string;
}

/**
 * How to save and load each PostgreSQL. It is loaded in one transaction, so all of it or none, and without those who write to it: they would
 * find tables whose constraints and triggers are still to come.
 */
export function backupCommands({ plan, components }: ContainerPlan, words: BackupWords): string | null {
  const load = "--clean --if-exists --single-transaction --exit-on-error";
  const lines = plan.components.flatMap(({ name, source }) => {
    if (source.kind !== "postgres") return [];
    const { user, database } = source;
    const clients = components.filter((client) => plan.links.some(({ from, to }) => from === client.name && to === name));
    return [
      `${words.inside(name)} pg_dump --username=${user} --format=custom ${database} > ${name}.dump`,
      ...(clients.length === 0 ? [] : [words.stop(clients)]),
      `${words.inside(name)} pg_restore --username=${user} --dbname=${database} ${load} < ${name}.dump`,
      ...(clients.length === 0 ? [] : [words.start(clients)]),
    ];
  });
  return lines.length === 0 ? null : shell(...lines);
}

/** Container and volume of all data that is kept. */
export function keptData({ components, monitoring }: ContainerPlan): readonly (readonly [name: string, volume: string])[] {
  return [...components, ...monitoring].flatMap((container) =>
    dataVolumes(container).map(({ source }) => [container.name, source] as const),
  );
}

/** Rows of the settings: where the pages of monitoring are published. */
export function monitoringSettings({ monitoring }: ContainerPlan): readonly (readonly string[])[] {
  const pages = monitoring.filter(isOpenToPeople);
  return pages.map(({ name, port }) => [`\`${portSetting(name)}\``, `\`${port}\``, `where ${name} is found`]);
}

/** What an operator should know of monitoring, whatever runs the containers; empty for a stack without. */
export function monitoringSection({ monitoring, plan }: ContainerPlan, ...more: readonly string[]): readonly string[] {
  if (monitoring.length === 0) return [];
  const mail = mailPassword(plan);
  const smtp = plan.monitoring?.alarms?.smtp ?? null;
  return [
    "## Monitoring",
    table(
      ["container", "what it does"],
      monitoring.map(({ name, does }) => [name, does]),
    ),
    "Prometheus has a network with each container that it reads, and these share none with each other. What it opens: a container that is read\n" +
      "can ask Prometheus, and so read all figures; it can change nothing there. What does not run here is not read. The node exporter tells of\n" +
      `processors, memory and disks of its machine; it has a network of its own, so it cannot tell of the machine's.`,
    ...more,
    smtp === null
      ? "Alarms are shown in Prometheus and Grafana, and sent to nobody: name a mail server in the stack file (`alarms: { email, smarthost }`)."
      : `Alarms are sent to ${plan.monitoring?.alarms?.email} by way of ${smtp.smarthost}.`,
    ...(mail === null
      ? []
      : [
          `Write the password of ${mail.user} at ${mail.smarthost} into \`${MAIL_PASSWORD_FILE}\` before the first start, and let the container's user\n` +
            "read it (`chmod 644`): git ignores it, and Alertmanager does not start without.",
        ]),
  ];
}

/** What git leaves alone, since it holds secrets. */
export function ignoredFiles({ components, monitoring }: ContainerPlan): readonly string[] {
  return [...components, ...monitoring].flatMap(({ userFiles }) => userFiles.map(({ path }) => path));
}

/** What the user should know of the containers of a stack, whatever runs them. `file`: the file that they are written to. */
export function containerNotes(containers: ContainerPlan, file: string): readonly string[] {
  const { components, leftOut } = containers;
  return [
    ...leftOut.map((name) => {
      const users = usersOf(containers, name);
      const missed = users.length === 0 ? "" : `, and ${inWords(users)} will not find it`;
      return `${name} has no image, so it is not in ${file}${missed}: add image: build("./${name}") to s.service("${name}")`;
    }),
    ...components.flatMap(({ name, image }) =>
      image.kind === "built" || isPinned(image.reference)
        ? []
        : [`${name} runs the image "${image.reference}", which names no version: what runs may change by itself; add a tag`],
    ),
    ...components.flatMap(({ name, health }) => {
      const users = usersOf(containers, name);
      if (health !== null || users.length === 0) return [];
      const fix = `add health: { command: "..." } to s.service("${name}")`;
      return [`nothing tells when ${name} is healthy, so ${inWords(users)} cannot wait for that: ${fix}`];
    }),
  ];
}

export function mailNotes({ plan }: ContainerPlan): readonly string[] {
  const mail = mailPassword(plan);
  if (mail === null) return [];
  return [`alarms are sent as ${mail.user} at ${mail.smarthost}, with the password that you write into ${MAIL_PASSWORD_FILE}`];
}
