import type { Plan } from "@groundplan/model";
import { SERVICE_TIMES } from "../../../containers/container-health.js";
import { MOST_PROCESSES, STOP_SECONDS } from "../../../containers/databases.js";
import type { MonitoringContainer, MonitoringVolume } from "../../../monitoring/containers/monitoring-container.js";
import { monitoringContainers } from "../../../monitoring/containers/monitoring-containers.js";
import type { AnsibleComponent } from "../ansible-component.js";
import { healthOptions, logOptions } from "../container-options.js";
import { privateAddress } from "../private-address.js";
import { alarmReceiver, filesRead } from "./monitoring-files.js";

/** Where the files of monitoring lie on the monitoring host. */
const FOLDER = "{{ deploy_folder }}/monitoring";

/** The containers of monitoring in Ansible's terms, those of each host under its name. */
export function monitorsByHost(plan: Plan): ReadonlyMap<string, readonly AnsibleComponent[]> {
  const containers = monitoringContainers(plan);
  const of = (host: string) => containers.filter((container) => container.host === host).map((container) => monitor(container, plan));
  return new Map(plan.hosts.map(({ name }) => [name, of(name)] as const).filter(([, monitors]) => monitors.length > 0));
}

function monitor(container: MonitoringContainer, plan: Plan): AnsibleComponent {
  const { name, host, image } = container;
  return {
    name,
    host,
    image,
    repository: image,
    built: false,
    // Their data lies in volumes of Docker, which give it to the user of the image.
    data: null,
    options: runOptions(container, plan),
    command: container.arguments,
  };
}

function runOptions(container: MonitoringContainer, plan: Plan): readonly string[] {
  const { name, volumes, memoryMb, healthCommand, seesHost } = container;
  return [
    `--name=${name}`,
    "--restart=unless-stopped",
    ...networkOptions(container, plan),
    ...(seesHost ? ["--pid=host"] : []),
    ...volumes.map(mountOption),
    // A container reads its files when it starts: other files make another container.
    ...(filesRead(container, plan).length === 0 ? [] : [`--label=groundplan.files={{ monitor_sums['${name}'] }}`]),
    ...(sendsAlarmsItself(container, plan) ? ["--label=groundplan.topic={{ alarm_topic_arn }}"] : []),
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges:true",
    `--memory=${memoryMb}m`,
    `--pids-limit=${MOST_PROCESSES}`,
    `--stop-timeout=${STOP_SECONDS.service}`,
    ...healthOptions({ test: ["CMD", ...healthCommand], ...SERVICE_TIMES }),
    ...logOptions(name),
  ];
}

/** The port on the host's private address only, as Prometheus asks for it from its own network. */
function networkOptions(container: MonitoringContainer, plan: Plan): readonly string[] {
  const { name, host, port, reads, seesHost } = container;
  // Alarms go out with the role of the machine, and a container in a network of its own does not get it: http_put_response_hop_limit.
  if (seesHost || sendsAlarmsItself(container, plan)) return ["--network=host"];
  const names = reads === null ? namesOpened(name, plan) : [[reads, hostOf(reads, plan)] as const];
  return [
    `--hostname=${name}`,
    `--network=${name}`,
    `--publish=${privateAddress(host)}:${port}:${port}`,
    ...names.map(([known, on]) => `--add-host=${known}:${privateAddress(on)}`),
  ];
}

function sendsAlarmsItself({ name }: MonitoringContainer, plan: Plan): boolean {
  return name === "alertmanager" && alarmReceiver(plan).kind === "sns";
}

/** Prometheus and Grafana know the hosts of the stack by their names. */
function namesOpened(container: string, { hosts }: Plan): readonly (readonly [name: string, host: string])[] {
  return ["prometheus", "grafana"].includes(container) ? hosts.map(({ name }) => [name, name] as const) : [];
}

function hostOf(component: string, { components }: Plan): string {
  const host = components.find(({ name }) => name === component)?.host;
  if (host === undefined) throw new Error(`an exporter reads ${component}, which is no component of the plan`);
  return host;
}

function mountOption({ kind, source, target, readOnly }: MonitoringVolume): string {
  const lock = readOnly ? ",readonly" : "";
  switch (kind) {
    case "files":
      return `--mount=type=bind,source=${FOLDER}/${source},target=${target}${lock}`;
    case "data":
      return `--mount=type=volume,source=${source},target=${target}${lock}`;
    case "host":
      // It sees what is mounted later, and holds nothing that is unmounted.
      return `--mount=type=bind,source=${source},target=${target},bind-propagation=rslave${lock}`;
  }
}
