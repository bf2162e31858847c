import { duration, healthcheck, networkNamesOf, variables } from "../containers/container-parts.js";
import { STOP_SECONDS } from "../containers/databases.js";
import { setting } from "../containers/interpolation.js";
import { mailPassword } from "../containers/mail-password.js";
import {
  aboutMonitoring,
  dataVolumesOf,
  monitoringCommand,
  monitoringHealth,
  monitoringVolumes,
} from "../containers/monitoring-container-parts.js";
import type { MonitoringPart } from "../containers/monitoring-parts.js";
import { portSetting } from "../containers/settings.js";
import { SMTP_PASSWORD_FILE } from "../monitoring/reach.js";
import { map, noted, quoted, sameAs, section, type YamlValue } from "../yaml/yaml-value.js";
import type { SwarmPlan } from "./swarm-plan.js";
import { envWithFiles, placementOf } from "./swarm-service.js";

/** The secret with the password of the mail server. */
export const MAIL_SECRET = "alertmanager-smtp-password";

/** One program of monitoring in a Swarm stack. */
export function swarmMonitoring(part: MonitoringPart, swarm: SwarmPlan): YamlValue {
  const { name, image, env, seesHost } = part;
  const own = swarm.secrets.filter(({ component }) => component === name);
  const configs = swarm.configs.filter((config) => config.part === name);
  const volumes = monitoringVolumes(part);
  const mail = name === "alertmanager" && mailPassword(swarm.containers.plan) !== null;
  const secrets = [...own.map((secret) => secret.name), ...(mail ? [map({ source: MAIL_SECRET, target: SMTP_PASSWORD_FILE })] : [])];
  return section(
    aboutMonitoring(part),
    map({
      "<<": sameAs("hardened"),
      image,
      command: monitoringCommand(part),
      // So that node_uname_info tells which node it is.
      hostname: seesHost ? quoted("{{.Node.Hostname}}") : undefined,
      environment: variables(envWithFiles(env, own, swarm)),
      secrets: secrets.length === 0 ? undefined : secrets,
      configs: configs.length === 0 ? undefined : configs.map((config) => map({ source: config.name, target: config.target })),
      volumes: volumes.length === 0 ? undefined : [...volumes, map({ type: "tmpfs", target: "/tmp" })],
      networks: networkNamesOf(swarm.containers, name),
      ports: part.public ? [quoted(`${setting(portSetting(name), part.port)}:${part.port}`)] : undefined,
      healthcheck: healthcheck(monitoringHealth(part)),
      stop_grace_period: duration(STOP_SECONDS.service),
      logging: sameAs("logging"),
      deploy: deployOf(part),
    }),
  );
}

function deployOf(part: MonitoringPart): YamlValue {
  const [data] = dataVolumesOf([part]);
  return map({
    mode: part.seesHost ? noted("One on each node.", "global") : undefined,
    replicas: part.seesHost ? undefined : 1,
    placement: data === undefined ? undefined : placementOf(part.name),
    update_config: sameAs("replacing"),
    rollback_config: sameAs("replacing-back"),
    restart_policy: map({ condition: "any", delay: "2s" }),
    resources: map({ limits: map({ memory: `${part.memoryMb}M` }) }),
  });
}
