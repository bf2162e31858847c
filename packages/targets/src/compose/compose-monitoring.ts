import { containerEnv } from "../containers/container-env.js";
import { duration, healthcheck, networkNamesOf, variables } from "../containers/container-parts.js";
import { MOST_PROCESSES, STOP_SECONDS } from "../containers/databases.js";
import { literal, setting } from "../containers/interpolation.js";
import { MAIL_PASSWORD_FILE, mailPassword } from "../containers/mail-password.js";
import { aboutMonitoring, monitoringCommand, monitoringHealth, monitoringVolumes } from "../containers/monitoring-container-parts.js";
import type { MonitoringPart } from "../containers/monitoring-parts.js";
import { portSetting } from "../containers/settings.js";
import { markOf } from "../containers/short-names.js";
import { SMTP_PASSWORD_FILE } from "../monitoring/reach.js";
import { map, mapEach, noted, quoted, sameAs, section, type YamlValue } from "../yaml/yaml-value.js";
import type { ComposeContext } from "./compose-service.js";

/** One program of monitoring in a Compose file. */
export function composeMonitoring(part: MonitoringPart, { containers, secret }: ComposeContext): YamlValue {
  const { name, image, files, env, reads, memoryMb } = part;
  const volumes = [
    ...files.map(({ path, target }): YamlValue => quoted(`./${path}:${target}:ro`)),
    ...(name === "alertmanager" && mailPassword(containers.plan) !== null ? [MAIL_PASSWORD] : []),
    ...monitoringVolumes(part),
  ];
  const contents = files.flatMap(({ target, text }) => [target, text]);
  return section(
    aboutMonitoring(part),
    map({
      "<<": sameAs("hardened"),
      image,
      command: monitoringCommand(part),
      restart: "unless-stopped",
      depends_on: reads === null ? undefined : mapEach([reads], (database) => [database, map({ condition: "service_healthy" })]),
      environment: variables(containerEnv(containers, env, secret)),
      volumes: volumes.length === 0 ? undefined : volumes,
      networks: networkNamesOf(containers, name),
      ports: publishedPort(part),
      healthcheck: healthcheck(monitoringHealth(part)),
      labels:
        files.length === 0
          ? undefined
          : map({
              "groundplan.files": noted(
                "Follows from its files: when they change, it is started anew.",
                quoted(markOf(contents.join("\0"))),
              ),
            }),
      mem_limit: `${memoryMb}m`,
      pids_limit: MOST_PROCESSES,
      stop_grace_period: duration(STOP_SECONDS.service),
      logging: sameAs("logging"),
    }),
  );
}

const MAIL_PASSWORD = noted(
  "Not started without it: README.md says how to write it.",
  map({ type: "bind", source: literal(`./${MAIL_PASSWORD_FILE}`), target: SMTP_PASSWORD_FILE, read_only: true }),
);

function publishedPort({ name, port, public: isPublic }: MonitoringPart): YamlValue | undefined {
  if (!isPublic) return undefined;
  return [quoted(`${setting("MONITORING_BIND_ADDRESS", "127.0.0.1")}:${setting(portSetting(name), port)}:${port}`)];
}
