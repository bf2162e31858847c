import {
  type Container,
  type ContainerHealth,
  type ContainerText,
  dataVolumes,
  LOG_LIMITS,
  MOST_PROCESSES,
  type Volume,
} from "../../containers/container.js";
import { portOf } from "../../containers/container-plan.js";
import { imageNameOf } from "../../containers/settings.js";
import { commandLine } from "../../text/words.js";
import type { HostsPlan } from "../hosts-plan.js";

/** What the playbooks know of a container, in Ansible's terms: texts may hold Jinja expressions. */
export interface AnsibleComponent {
  readonly name: string;
  readonly host: string;
  /** What is delivered or pulled. */
  readonly image: string;
  /** The image's name without registry and tag. */
  readonly repository: string;
  /** Whether the image is built from a folder of the stack. */
  readonly built: boolean;
  /** The folder on the host that holds its data; `null`: it keeps none there. */
  readonly data: string | null;
  /** Arguments of `docker container run`, without variables and image. */
  readonly options: readonly string[];
  /** After the image's name; empty: as the image says. */
  readonly command: readonly string[];
}

export function ansibleComponent(container: Container, hosts: HostsPlan): AnsibleComponent {
  const { name, host, image, command } = container;
  const built = image.kind === "built";
  const own = imageNameOf(hosts.plan.stack, name);
  const reference = built ? `{{ image_prefix }}${own}:{{ image_tag }}` : jinjaLiteral(image.reference);
  return {
    name,
    host,
    image: reference,
    repository: built ? own : reference,
    built,
    data: dataVolumes(container).some(({ outlivesMachine }) => outlivesMachine) ? dataFolder(container) : null,
    options: runOptions(container, hosts),
    command,
  };
}

/** Variables as a template of the file for `docker run --env-file`: NAME=value, the value to the end of the line as it is. */
export function envTemplate({ env }: Container, hosts: HostsPlan): string {
  const lines = Object.entries(env)
    .filter(([, value]) => !isMultiLine(value))
    .map(([name, value]) => `${name}=${template(value, hosts)}`);
  return `${lines.join("\n")}\n`;
}

function runOptions(container: Container, hosts: HostsPlan): readonly string[] {
  const { name, env, files, labels, volumes, init, hardening, writable, capabilities, memoryMb, sharedMemoryMb, stopSeconds, health } =
    container;
  return [
    `--name=${name}`,
    ...(container.network === "own" ? [`--hostname=${name}`] : []),
    "--restart=unless-stopped",
    ...(init ? ["--init"] : []),
    ...networkOptions(container),
    // What does not fit into a file of variables, since it has several lines.
    ...Object.entries(env).flatMap(([variable, value]) => (isMultiLine(value) ? [`--env=${variable}=${template(value, hosts)}`] : [])),
    ...volumes.map((volume) => `--mount=${mountOf(volume, container)}`),
    // A container reads its files when it starts: other files make another container.
    ...(files.length === 0 ? [] : [`--label=groundplan.files={{ monitor_sums['${name}'] }}`]),
    ...Object.entries(labels).map(([label, value]) => `--label=${label}=${template(value, hosts)}`),
    ...(hardening === "all"
      ? [
          "--read-only",
          ...writable.map((folder) => `--tmpfs=${folder}`),
          "--cap-drop=ALL",
          ...capabilities.map((each) => `--cap-add=${each}`),
        ]
      : []),
    ...(hardening === "none" ? [] : ["--security-opt=no-new-privileges:true"]),
    `--memory=${memoryMb}m`,
    ...(sharedMemoryMb === null ? [] : [`--shm-size=${sharedMemoryMb}m`]),
    `--pids-limit=${MOST_PROCESSES}`,
    `--stop-timeout=${stopSeconds}`,
    ...(health === null ? [] : healthOptions(health)),
    // Kept on the host; each line says whose it is, for whoever reads them all, as the CloudWatch agent does.
    "--log-driver=json-file",
    ...Object.entries({ ...LOG_LIMITS, tag: name }).map(([option, value]) => `--log-opt=${option}=${value}`),
  ];
}

/** Ports on the host's private address only; what it opens, it finds by the names that it knows, on the same host and on another. */
function networkOptions({ name, host, network, ports, opens, seesHost }: Container): readonly string[] {
  const processes = seesHost ? ["--pid=host"] : [];
  if (network === "host") return ["--network=host", ...processes];
  return [
    `--network=${name}`,
    ...processes,
    ...ports.map(({ inside, outside }) => `--publish=${privateAddress(host)}:${outside}:${inside}`),
    ...opens.map((opened) => `--add-host=${opened.name}:${privateAddress(opened.host)}`),
  ];
}

function mountOf({ kind, source, target, readOnly, outlivesMachine }: Volume, container: Container): string {
  const lock = readOnly ? ",readonly" : "";
  switch (kind) {
    case "files":
      return `type=bind,source={{ deploy_folder }}/monitoring/${source},target=${target}${lock}`;
    case "data":
      // Fails when the folder is missing, for example since the volume of the machine is not mounted; -v would make an empty one.
      return outlivesMachine
        ? `type=bind,source=${dataFolder(container)},target=${target}${lock}`
        : `type=volume,source=${source},target=${target}${lock}`;
    case "host":
      // It sees what is mounted later, and holds nothing that is unmounted.
      return `type=bind,source=${source},target=${target},bind-propagation=rslave${lock}`;
  }
}

const dataFolder = ({ name }: Container): string => `{{ data_folder }}/${name}`;

function healthOptions({ test, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds }: ContainerHealth): readonly string[] {
  return [
    ...(test === null ? [] : [`--health-cmd=${jinjaLiteral(healthLine(test))}`]),
    `--health-interval=${intervalSeconds}s`,
    `--health-timeout=${timeoutSeconds}s`,
    `--health-retries=${retries}`,
    `--health-start-period=${startPeriodSeconds}s`,
  ];
}

/** Docker's option takes a line for a shell. */
function healthLine([kind, ...words]: readonly string[]): string {
  return kind === "CMD-SHELL" ? words.join(" ") : commandLine(words);
}

/** Text as a template: nothing in the author's own text is an expression. */
function template(value: ContainerText, hosts: HostsPlan): string {
  return value.map((part) => partTemplate(part, hosts)).join("");
}

function partTemplate(part: ContainerText[number], { plan, settings }: HostsPlan): string {
  switch (part.kind) {
    case "text":
      return jinjaLiteral(part.text);
    case "host":
      return part.of;
    case "port":
      return String(portOf(plan, part.of));
    case "secret":
      return `{{ secrets['${settings.get(part.name)}'] }}`;
    case "page":
      return `{{ public_urls['${part.of}'] }}`;
    case "address":
      return privateAddress(part.host);
    case "output":
      return `{{ ${part.name} }}`;
  }
}

function isMultiLine(value: ContainerText): boolean {
  return value.some((part) => part.kind === "text" && /[\r\n]/.test(part.text));
}

/** The expression for a host's address inside the network. */
function privateAddress(host: string): string {
  return `{{ hostvars['${host}'].private_ip }}`;
}

/** Text of others in what Ansible takes for a template: nothing in it is an expression. */
export function jinjaLiteral(text: string): string {
  return text.replace(/\{[{%#]/g, "{{ '$&' }}");
}
