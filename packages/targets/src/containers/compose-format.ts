import { type EnvPiece, renderEnv } from "@groundplan/model";
import type { OutputPlace } from "../target.js";
import { anchored, inline, map, mapEach, quoted, sameAs, section, type YamlValue } from "../text/yaml.js";
import { type Container, type ContainerHealth, type ContainerText, dataVolumes, LOG_LIMITS, type Volume } from "./container.js";
import { type ContainerPlan, portOf } from "./container-plan.js";
import { portSetting } from "./settings.js";

/** What the files of Compose and Swarm write alike. */

/** Text as a Compose file takes it for itself: a `$` in it begins no variable. */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** The value of a variable of the user's environment, with a default. */
export function setting(name: string, fallback: string | number): string {
  return `\${${name}:-${fallback}}`;
}

/** The machine that browsers find the public services on. */
const PUBLIC_HOST = setting("PUBLIC_HOST", "127.0.0.1");

/** Named at the top of the file, used in many containers. */
export function sharedParts({ components }: ContainerPlan): Readonly<Record<string, YamlValue | undefined>> {
  const { "max-size": size, "max-file": count } = LOG_LIMITS;
  const logging = map({ driver: "json-file", options: map({ "max-size": size, "max-file": quoted(count) }) });
  const asked = components.map(({ health }) => health).find((health) => health?.test === null);
  return {
    "x-logging": section("So that logs cannot fill the disk.", anchored("logging", logging)),
    "x-dockerfile-health": asked
      ? section("How often the HEALTHCHECK of a Dockerfile is asked.", anchored("dockerfile-health", map(timesOf(asked))))
      : undefined,
  };
}

export function command({ command: words }: Container): YamlValue | undefined {
  return words.length === 0 ? undefined : words.map((word) => quoted(literal(word)));
}

/** Texts by name: the author's own taken for itself, components by their names and own ports. `secret`: the expression for a secret's value. */
export function rendered(
  texts: Readonly<Record<string, ContainerText>>,
  { plan, ports }: ContainerPlan,
  secret: (name: string) => string,
): readonly (readonly [name: string, value: string])[] {
  const escaped = Object.entries(texts).map(([name, value]) => [
    name,
    engineText(value).map((part) => (part.kind === "text" ? ({ kind: "text", text: literal(part.text) } as const) : part)),
  ]);
  return Object.entries(
    renderEnv(Object.fromEntries(escaped), {
      host: (of) => of,
      port: (of) => portOf(plan, of),
      secret,
      page: (of) => `http://${PUBLIC_HOST}:${setting(portSetting(of), ports.get(of) ?? portOf(plan, of))}`,
    }),
  );
}

export function mapOrNothing(entries: readonly (readonly [name: string, value: string])[]): YamlValue | undefined {
  return entries.length === 0 ? undefined : mapEach(entries, ([name, value]) => [name, quoted(value)]);
}

/** For texts that are written into the file, where no secret may stand. */
export function noSecret(name: string): never {
  throw new Error(`the secret ${name} is about to be written into a file that all may read`);
}

/** Text without what only hosts know. */
export function engineText(text: ContainerText): readonly EnvPiece[] {
  return text.map((part) => {
    if (part.kind === "address" || part.kind === "output") throw new Error(`only hosts know the ${part.kind} of ${JSON.stringify(part)}`);
    return part;
  });
}

/** The data that is kept and what it sees of the host, in the short form. */
export function volumesOf({ volumes }: Container): readonly YamlValue[] {
  return volumes.filter(({ kind }) => kind !== "files").map(shortForm);
}

const shortForm = ({ source, target, readOnly }: Volume): string => `${source}:${target}${readOnly ? ":ro" : ""}`;

/** Names of the volumes that keep data. */
export function dataNames(containers: readonly Container[]): readonly string[] {
  return containers.flatMap((container) => dataVolumes(container).map(({ source }) => source));
}

export function healthcheck({ health }: Container): YamlValue | undefined {
  if (health === null) return undefined;
  if (health.test === null) return sameAs("dockerfile-health");
  return map({ test: inline(health.test.map((word) => quoted(literal(word)))), ...timesOf(health) });
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

export function networksOf({ name }: Container, { networks }: ContainerPlan): YamlValue {
  const names = networks.filter(({ members }) => members.includes(name)).map((network) => network.name);
  return names.join(", ").length > LONGEST_LIST ? names : inline(names);
}

/** What fits on a line beside its name. */
const LONGEST_LIST = 100;

/** A list, where it has anything in it. */
export function listOrNothing(values: readonly YamlValue[]): YamlValue | undefined {
  return values.length === 0 ? undefined : values;
}

/** A folder of the stack, as seen from the folder that the files are written to. */
export function sourceFolder(folder: string, { stackFolder }: OutputPlace): string {
  const inStack = folder.replace(/^\.\/+/, "").replace(/\/+$/, "");
  return inStack === "" || inStack === "." ? stackFolder : `${stackFolder}/${inStack}`;
}
