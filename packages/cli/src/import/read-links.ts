import { envPrefix, linkEnv, passwordSecretOf, renderEnv } from "@groundplan/model";
import type { EnvEntry } from "./compose-service.js";
import type { Draft } from "./draft.js";
import { hostsIn, withHosts } from "./host-names.js";
import type { Notes } from "./notes.js";
import { databaseNames } from "./read-database.js";
import { listOf, namesOf, objectOf, wayBetween } from "./values.js";

/** What each component uses: what it depends on, and what its variables name. The links make no cycle. */
export function readTargets(
  drafts: readonly Draft[],
  hostNames: ReadonlyMap<string, string>,
  notes: Notes,
): ReadonlyMap<string, ReadonlySet<string>> {
  const targets = new Map(drafts.map(({ service }) => [service.name, new Set<string>()]));
  const services = drafts.filter(({ kind }) => kind === "service");

  for (const draft of services) {
    const { service } = draft;
    const keys = [...namesOf(service.values.depends_on), ...listOf(service.values.links).map((link) => String(link).split(":")[0] ?? "")];
    for (const key of new Set(keys)) {
      const target = drafts.find((other) => other.service.key === key);
      const path = ["services", service.key, "depends_on"];
      const { condition } = objectOf(objectOf(service.values.depends_on)[key]);
      if (condition === "service_completed_successfully") {
        notes.add(
          [...path, key],
          service.name,
          `it does not wait for ${key} to end`,
          "a stack has no jobs that end: do that work in the service's own start",
        );
      }
      if (target === undefined) {
        notes.add(path, service.name, `there is no link to ${key}, which is left out`, "declare it, and write it into uses");
      } else if (target.port === null) {
        notes.add(
          path,
          service.name,
          `there is no link to ${key}, since the file says no port of it`,
          `write its port, then ${key} into uses`,
        );
      } else targets.get(service.name)?.add(target.service.name);
    }
  }

  for (const draft of services) {
    const own = targets.get(draft.service.name);
    for (const target of drafts) {
      const { name } = target.service;
      const entry = draft.service.env.find((variable) => mentions(variable.name, variable.text, target, hostNames));
      if (entry === undefined || target === draft || own === undefined || own.has(name)) continue;
      const path = ["services", draft.service.key, "environment", entry.name];
      if (wayBetween(targets, name, draft.service.name) !== null) {
        const what = `${entry.name} names ${name}, which uses ${draft.service.name} itself: there is no link`;
        notes.add(path, draft.service.name, what, "links make no cycle: let one of the two be called by the other only");
      } else if (target.port !== null) own.add(name);
    }
  }
  return targets;
}

interface ReadLinks {
  /** Alias -> name of the component. */
  readonly uses: Readonly<Record<string, string>>;
  /** Names of the variables that the links give in place of the Compose file. */
  readonly given: ReadonlySet<string>;
}

/** What the variables of links end in; the model gives no others. */
const ENDINGS = /^(.+)_(?:URL|HOST|PORT|USER|PASSWORD|NAME)$/;

/**
 * The links of a service, each under an alias whose variables are those that the Compose file writes out, where there is one.
 *
 * @param targets What it uses, all with a port.
 */
export function readLinks(env: readonly EnvEntry[], targets: readonly Draft[], hostNames: ReadonlyMap<string, string>): ReadLinks {
  const uses: Record<string, string> = {};
  const given = new Set<string>();
  const taken = new Set<string>();

  const tryAlias = (alias: string, target: Draft, needsMatch: boolean): boolean => {
    if (taken.has(envPrefix(alias))) return false;
    const variables = linkVariables(alias, target);
    const clashes = env.filter(({ name }) => !given.has(name) && (variables.has(name) || variables.has(name.replace(/_FILE$/, ""))));
    const matching = clashes.filter(({ name, text }) => isSame(variables.get(name) ?? "", withHosts(text, hostNames)));
    if (matching.length < clashes.length) return false;
    if (needsMatch && !matching.some(({ name }) => /_(URL|HOST)$/.test(name))) return false;
    uses[alias] = target.service.name;
    taken.add(envPrefix(alias));
    for (const { name } of matching) given.add(name);
    return true;
  };

  for (const target of targets) {
    const prefixes = env
      .filter(({ name, text }) => ENDINGS.test(name) && mentions(name, text, target, hostNames))
      .map(({ name }) => ENDINGS.exec(name)?.[1] ?? "");
    const found = [...new Set(prefixes)].filter((prefix) => {
      const alias = prefixedAlias(prefix);
      return alias !== null && tryAlias(alias, target, true);
    });
    if (found.length > 0) continue;
    const plain = prefixedAlias(envPrefix(target.service.name)) ?? target.service.name;
    for (let count = 1; !tryAlias(count === 1 ? plain : `${plain}Link${count === 2 ? "" : count}`, target, false); ) count += 1;
  }
  return { uses, given };
}

/** Whether a variable names the component as a host. */
function mentions(name: string, text: string, target: Draft, hostNames: ReadonlyMap<string, string>): boolean {
  return hostsIn(name, text).some(({ host }) => hostNames.get(host) === target.service.name);
}

/** The alias whose variables begin so: SESSION_STORE is of "sessionStore"; `null`: none is. */
function prefixedAlias(prefix: string): string | null {
  const plain = prefix.toLowerCase();
  const aliases = [plain.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), plain.replaceAll("_", "-")];
  return aliases.find((alias) => /^[A-Za-z][A-Za-z0-9-]*$/.test(alias) && envPrefix(alias) === prefix) ?? null;
}

/** Stands for a password: whatever it was, the link gives the one that is generated. */
const PASSWORD = "\0";

/** The variables that a link of this alias gives, as containers have them; the model says it. */
function linkVariables(alias: string, { kind, port, service }: Draft): ReadonlyMap<string, string> {
  const { name } = service;
  const source = kind === "postgres" ? { kind, ...databaseNames(service), passwordSecret: passwordSecretOf(name) } : { kind };
  const naming = { host: () => name, port: () => port ?? 0, secret: () => PASSWORD, page: () => "" };
  return new Map(Object.entries(renderEnv(Object.fromEntries(linkEnv(alias, { name, source })), naming)));
}

/** Whether a program finds the same under the value that a link gives. */
export function isSame(given: string, text: string): boolean {
  const [before = "", after] = given.split(PASSWORD);
  const wanted = normal(text);
  if (after === undefined) return wanted === given;
  const password = wanted.slice(before.length, wanted.length - after.length);
  return wanted.startsWith(before) && wanted.endsWith(after) && before.length + after.length <= wanted.length && !/[@/]/.test(password);
}

/** One form for addresses that mean the same: the usual ports, and Redis' database 0. */
function normal(text: string): string {
  return text
    .replace(/^postgresql:\/\//, "postgres://")
    .replace(/^(postgres:\/\/(?:[^@/]*@)?[\w.-]+)(?=\/|$)/, "$1:5432")
    .replace(/^(redis:\/\/[\w.-]+)(?=\/|$)/, "$1:6379")
    .replace(/^(redis:\/\/[\w.-]+:\d+)\/0?$/, "$1");
}
