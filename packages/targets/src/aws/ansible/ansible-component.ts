import { buildOf, type Plan, type PlannedComponent, readyImageOf } from "@groundplan/model";
import { containerHealth } from "../../containers/container-health.js";
import { DATA_FOLDER, MOST_PROCESSES, POSTGRES_SHARED_MB, redisCommand, STOP_SECONDS } from "../../containers/databases.js";
import { imageNameOf } from "../../containers/image-name.js";
import { healthOptions, logOptions } from "./container-options.js";
import { multiLineEnv } from "./env-template.js";
import { httpsProxies } from "./https-proxies.js";
import { jinjaLiteral } from "./jinja.js";
import { privateAddress } from "./private-address.js";

/** What the playbooks know of a component, in Ansible's terms: texts may hold Jinja expressions. */
export interface AnsibleComponent {
  readonly name: string;
  readonly host: string;
  /** What is delivered or pulled. */
  readonly image: string;
  /** The image's name without registry and tag. */
  readonly repository: string;
  /** Whether the image is built from a folder of the stack. */
  readonly built: boolean;
  /** The folder on the host that holds its data; `null`: it keeps none. */
  readonly data: string | null;
  /** Arguments of `docker container run`, without variables and image. */
  readonly options: readonly string[];
  /** After the image's name; empty: as the image says. */
  readonly command: readonly string[];
}

/** What runs in containers, in start order: the components that an image can be had for, then what stands before them. */
export function ansibleComponents(plan: Plan): readonly AnsibleComponent[] {
  return [...plan.components.filter(hasImage).map((component) => ansibleComponent(component, plan)), ...httpsProxies(plan)];
}

/** Whether others than itself open its port: users, browsers, Prometheus. */
export function isPublished({ name, port, public: isPublic }: PlannedComponent, { links, scrapes }: Plan): boolean {
  if (port === null) return false;
  return isPublic || links.some(({ to }) => to === name) || scrapes.some((scrape) => scrape.component === name && scrape.exporter === null);
}

function hasImage({ source }: PlannedComponent): boolean {
  return source.image !== null;
}

function ansibleComponent(component: PlannedComponent, plan: Plan): AnsibleComponent {
  const { name, host, source } = component;
  const built = buildOf(source) !== null;
  const image = built ? `{{ image_prefix }}${imageNameOf(plan.stack, name)}:{{ image_tag }}` : jinjaLiteral(readyImageOf(source) ?? "");
  return {
    name,
    host,
    image,
    repository: built ? imageNameOf(plan.stack, name) : image,
    built,
    data: DATA_FOLDER[source.kind] === null ? null : `{{ data_folder }}/${name}`,
    options: runOptions(component, plan),
    command: source.kind === "redis" ? redisCommand(component) : [],
  };
}

function runOptions(component: PlannedComponent, plan: Plan): readonly string[] {
  const { name, host, port, source, memoryMb } = component;
  const isService = source.kind === "service";
  const isHardened = isService && source.hardened;
  const dataFolder = DATA_FOLDER[source.kind];
  const health = containerHealth(component);
  const used = new Map(plan.links.filter(({ from }) => from === name).map(({ to, toHost }) => [to, toHost]));
  return [
    `--name=${name}`,
    `--hostname=${name}`,
    "--restart=unless-stopped",
    ...(isService ? ["--init"] : []),
    `--network=${name}`,
    ...(isPublished(component, plan) ? [`--publish=${privateAddress(host)}:${port}:${port}`] : []),
    // The same address on the same host and on another: a link does not depend on where its ends run.
    ...[...used].map(([to, toHost]) => `--add-host=${to}:${privateAddress(toHost)}`),
    ...multiLineEnv(component.env).map(([variable, value]) => `--env=${variable}=${jinjaLiteral(value)}`),
    // Fails when the folder is missing, for example since the volume is not mounted; -v would make an empty one.
    ...(dataFolder === null ? [] : [`--mount=type=bind,source={{ data_folder }}/${name},target=${dataFolder}`]),
    ...(isHardened ? ["--read-only", "--tmpfs=/tmp", "--cap-drop=ALL"] : []),
    ...(isHardened || !isService ? ["--security-opt=no-new-privileges:true"] : []),
    `--memory=${memoryMb}m`,
    ...(source.kind === "postgres" ? [`--shm-size=${POSTGRES_SHARED_MB}m`] : []),
    `--pids-limit=${MOST_PROCESSES}`,
    `--stop-timeout=${STOP_SECONDS[source.kind]}`,
    ...(health === null ? [] : healthOptions(health)),
    ...logOptions(name),
  ];
}
