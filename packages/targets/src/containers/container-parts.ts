import { anchored, inline, map, mapEach, quoted, sameAs, section, type YamlValue } from "../yaml/yaml-value.js";
import { type ContainerHealth, containerHealth } from "./container-health.js";
import type { ContainerPlan } from "./container-plan.js";
import { literal } from "./interpolation.js";

/** Parts that Compose and Swarm files write alike. */

/** Named at the top of the file, used in many containers. */
export function sharedParts({ components }: ContainerPlan): Readonly<Record<string, YamlValue | undefined>> {
  const logging = map({ driver: "json-file", options: map({ "max-size": "10m", "max-file": quoted("3") }) });
  const asked = components.map(containerHealth).find((health) => health?.test === null);
  return {
    "x-logging": section("So that logs cannot fill the disk.", anchored("logging", logging)),
    "x-dockerfile-health": asked
      ? section("How often the HEALTHCHECK of a Dockerfile is asked.", anchored("dockerfile-health", map(timesOf(asked))))
      : undefined,
  };
}

export function words(texts: readonly string[]): YamlValue {
  return inline(texts.map((text) => quoted(literal(text))));
}

export function variables(env: Readonly<Record<string, string>>): YamlValue | undefined {
  const entries = Object.entries(env);
  return entries.length === 0 ? undefined : mapEach(entries, ([name, value]) => [name, quoted(value)]);
}

export function healthcheck(health: ContainerHealth | null): YamlValue | undefined {
  if (health === null) return undefined;
  return health.test === null ? sameAs("dockerfile-health") : map({ test: words(health.test), ...timesOf(health) });
}

function timesOf(health: ContainerHealth): Readonly<Record<string, YamlValue>> {
  return {
    interval: duration(health.intervalSeconds),
    timeout: duration(health.timeoutSeconds),
    retries: health.retries,
    start_period: duration(health.startPeriodSeconds),
  };
}

export function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

export function networkNamesOf({ networks }: ContainerPlan, name: string): YamlValue {
  const names = networks.filter(({ members }) => members.includes(name)).map((network) => network.name);
  return names.join(", ").length > LONGEST_LIST ? names : inline(names);
}

/** What fits on a line beside its name. */
const LONGEST_LIST = 100;
