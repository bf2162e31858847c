import type { ContainerHealth } from "../../containers/container-health.js";
import { commandLine } from "../../containers/source-folder.js";
import { jinjaLiteral } from "./jinja.js";

/** Arguments of `docker container run` that every container has in its own measure. */

export function healthOptions({ test, intervalSeconds, timeoutSeconds, retries, startPeriodSeconds }: ContainerHealth): readonly string[] {
  return [
    ...(test === null ? [] : [`--health-cmd=${jinjaLiteral(healthLine(test))}`]),
    `--health-interval=${intervalSeconds}s`,
    `--health-timeout=${timeoutSeconds}s`,
    `--health-retries=${retries}`,
    `--health-start-period=${startPeriodSeconds}s`,
  ];
}

/** Kept on the host in files that cannot fill its disk; each line says whose it is, for whoever reads them all, as the CloudWatch agent does. */
export function logOptions(container: string): readonly string[] {
  return ["--log-driver=json-file", "--log-opt=max-size=10m", "--log-opt=max-file=3", `--log-opt=tag=${container}`];
}

/** Docker's option takes a line for a shell. */
function healthLine([kind, ...words]: readonly string[]): string {
  return kind === "CMD-SHELL" ? words.join(" ") : commandLine(words);
}
