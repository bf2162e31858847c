import { atComponent, atHost } from "../at.js";
import type { StackDefinition } from "../definition.js";
import { envPrefix } from "../env-name.js";
import { passwordSecretOf } from "../planning/component-source.js";
import { exporterNameOf } from "../planning/monitoring-ports.js";
import type { Problem } from "../problem.js";
import { show } from "../show.js";

const LONGEST_NAME = 40;
const RESERVED: readonly string[] = ["localhost", "groundplan"];
/** The ends of a connection that are no host, and what Ansible calls all of them. */
const RESERVED_FOR_HOSTS: readonly string[] = ["internet", "operator", "all", "ungrouped"];
/** Monitoring runs under these names beside the components. */
const RESERVED_BY_MONITORING: readonly string[] = ["grafana", "prometheus", "alertmanager", "node-exporter", "blackbox-exporter"];

/** The proxy in front of public services, where there is a domain. */
const RESERVED_BY_DOMAIN: readonly string[] = ["caddy"];

interface Named {
  readonly name: string;
  readonly at: string;
}

/** Names that some target could not use, or that stand for two things. */
export function nameProblems(stack: StackDefinition): readonly Problem[] {
  const components = stack.components.map((component) => ({ name: component.name, at: atComponent(component) }));
  const hosts = stack.hosts.map((host) => ({ name: host.name, at: atHost(host) }));
  const secrets = stack.secrets.map((name) => ({ name, at: `secrets.${name}` }));
  const passwords = stack.components
    .filter(({ kind }) => kind === "postgres")
    .map((component) => ({ name: passwordSecretOf(component.name), at: `the password of ${atComponent(component)}` }));
  const reserved = [
    ...RESERVED,
    ...(stack.monitoring === null ? [] : [...RESERVED_BY_MONITORING, ...exporterNames(stack)]),
    ...(stack.aws === null || stack.aws.domain === null ? [] : RESERVED_BY_DOMAIN),
  ];
  return [
    ...invalidName({ name: stack.name, at: "stack" }, RESERVED),
    ...hosts.flatMap((named) => invalidName(named, [...RESERVED, ...RESERVED_FOR_HOSTS])),
    ...secrets.flatMap((named) => invalidName(named, RESERVED)),
    ...components.flatMap((named) => invalidName(named, reserved)),
    ...takenNames(components),
    ...takenNames(hosts),
    ...takenNames([...passwords, ...secrets]),
  ];
}

function exporterNames({ components }: StackDefinition): readonly string[] {
  return components.filter(({ kind }) => kind !== "service").map(({ name }) => exporterNameOf(name));
}

function invalidName({ name, at }: Named, reserved: readonly string[]): readonly Problem[] {
  const allowed = `1 to ${LONGEST_NAME} of a-z, 0-9 and single hyphens, a letter first, no hyphen last; not ${reserved.join(", ")}`;
  const found = show(name);
  if (reserved.includes(name)) {
    return [{ at, code: "NAME_INVALID", message: `${found} is reserved`, found, allowed, fix: "choose another name" }];
  }
  if (isName(name)) return [];
  const better = nameLike(name);
  const fix = better === null ? "choose another name" : `write ${show(better)}`;
  return [{ at, code: "NAME_INVALID", message: `${found} is a name that not every target can use`, found, allowed, fix }];
}

function isName(name: string): boolean {
  return name.length <= LONGEST_NAME && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name);
}

/** The name that the author most likely would take: `null` when nothing usable is left of it. */
function nameLike(name: string): string | null {
  const better = name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, LONGEST_NAME)
    .replace(/-+$/, "");
  return isName(better) ? better : null;
}

/** Two names are one when they give the same variables, as "Vote" and "vote" do. */
function takenNames(all: readonly Named[]): readonly Problem[] {
  const first = new Map<string, Named>();
  return all.flatMap((named) => {
    const other = first.get(envPrefix(named.name));
    if (other === undefined) {
      first.set(envPrefix(named.name), named);
      return [];
    }
    return {
      at: named.at,
      code: "NAME_TAKEN",
      message:
        other.name === named.name
          ? `${show(named.name)} is already the name of ${other.at === named.at ? "another one" : other.at}`
          : `${show(named.name)} differs from ${other.at} in nothing that a variable's name shows`,
      found: show(named.name),
      allowed: "a name that nothing else has",
      fix: "rename one of the two",
    };
  });
}
