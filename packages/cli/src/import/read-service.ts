import { posix } from "node:path";
import { defaultsOf, type EnvInput, envPrefix, linkEnv, passwordSecretOf, renderEnv, SERVICE } from "@groundplan/model";
import type { ComposeService, EnvEntry } from "./compose-service.js";
import { type Draft, isPublic } from "./draft.js";
import { hostsIn, withHosts } from "./host-names.js";
import type { ImportedService } from "./imported-stack.js";
import type { Notes } from "./notes.js";
import { databaseNames } from "./read-database.js";
import { memoryLimit, memoryMbOf } from "./read-memory.js";
import { itemsOf, namesOf, objectOf, type Values, wayBetween } from "./values.js";

export interface ServiceFacts {
  readonly source: Source;
  readonly uses: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, EnvInput>>;
  /** `networks` of the whole file. */
  readonly networks: Values;
  readonly notes: Notes;
}

const MOST_REPLICAS = 100;

interface ReadLinks {
  /** Alias -> name of the component. */
  readonly uses: Readonly<Record<string, string>>;
  /** Names of the variables that the links give in place of the Compose file. */
  readonly given: ReadonlySet<string>;
}

/** What the variables of links end in; the model gives no others. */
const ENDINGS = /^(.+)_(?:URL|HOST|PORT|USER|PASSWORD|NAME)$/;

/** Stands for a password: whatever it was, the link gives the one that is generated. */
const PASSWORD = "\0";

/** A service as a stack file declares it: what is usual is not written. */
export function serviceOptions(draft: Draft, { source, uses, env, networks, notes }: ServiceFacts): ImportedService {
  const { service, port, image } = draft;
  const usual = defaultsOf(SERVICE);
  const built = typeof source.image === "object";
  const hardened = service.values.read_only === true && itemsOf(service.values.cap_drop).includes("ALL");
  const memoryMb = memoryMbOf(service, memoryLimit(service) === undefined ? (image?.memoryMb ?? usual.memoryMb) : usual.memoryMb, notes);
  const command = readCommand(draft, source, notes);
  const replicas = readReplicas(draft, notes);
  return {
    ...source,
    ...(command === null ? {} : { local: command }),
    ...(port === null ? {} : { port }),
    ...(isPublic(draft) ? { public: true } : {}),
    ...(Object.keys(uses).length === 0 ? {} : { uses }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...readHealth(service, port, notes),
    ...(replicas === 1 ? {} : { replicas }),
    ...(hardened === built ? {} : { hardened }),
    ...(leavesTheStack(draft, networks) ? { internet: true } : {}),
    ...(memoryMb === usual.memoryMb ? {} : { memoryMb }),
  };
}

function readCommand({ service }: Draft, source: Source, notes: Notes): string | readonly string[] | null {
  const { command } = service.values;
  if (command === undefined || command === null) return null;
  const path = ["services", service.key, "command"];
  const shown = Array.isArray(command) ? command.join(" ") : String(command);
  if (typeof source.image === "string") {
    notes.add(
      path,
      service.name,
      `command is not carried over: ${shown}`,
      "build a small image FROM this one, with it as CMD, and write image: build(...)",
    );
    return null;
  }
  const words = Array.isArray(command) ? command.map(String) : null;
  if (words === null && /[\\\n]|^\s*$/.test(shown)) {
    notes.add(path, service.name, `command is not carried over: ${shown.trim()}`, "write it as a list of words");
    return null;
  }
  notes.add(
    path,
    service.name,
    "command became local: how groundplan up runs it without a container",
    "in containers the Dockerfile's CMD runs: write it there too",
  );
  return words ?? shown;
}

function readReplicas({ service }: Draft, notes: Notes): number {
  const { deploy, scale } = service.values;
  const replicas = Number(objectOf(deploy).replicas ?? scale ?? 1);
  if (Number.isInteger(replicas) && replicas >= 1 && replicas <= MOST_REPLICAS) return replicas;
  const path = ["services", service.key, scale === undefined ? "deploy" : "scale"];
  notes.add(
    path,
    service.name,
    `${replicas} replicas are not carried over`,
    `write replicas, from 1 to ${MOST_REPLICAS}, or remove the service`,
  );
  return 1;
}

/**
 * Where the file tells networks without a way out from others, a service on one of the others may leave the stack. A file without such
 * networks says nothing about it.
 */
function leavesTheStack({ service }: Draft, networks: Values): boolean {
  const closed = Object.keys(networks).filter((name) => {
    const { internal, driver_opts } = objectOf(networks[name]);
    return internal === true || String(objectOf(driver_opts)["com.docker.network.bridge.enable_ip_masquerade"]) === "false";
  });
  return closed.length > 0 && namesOf(service.values.networks).some((name) => !closed.includes(name));
}

/** What asks for the health of a service, and the path where it asks by HTTP. */
function readHealth({ key, name, values }: ComposeService, port: number | null, notes: Notes): Pick<ImportedService, "health"> {
  const { test, disable } = objectOf(values.healthcheck);
  const words = typeof test === "string" ? ["CMD-SHELL", test] : Array.isArray(test) ? test.map(String) : [];
  const [form, ...rest] = words;
  if (disable === true || form === "NONE") {
    const advice = "it counts as healthy when its HEALTHCHECK says so; write health: { command } if that is wrong";
    notes.add(["services", key, "healthcheck"], name, "healthcheck is not switched off", advice);
    return {};
  }
  const command = form === "CMD-SHELL" ? ["sh", "-c", ...rest] : rest;
  if (command.length === 0) return {};
  const address = /https?:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?(\/[^\s"'?#|;&)]*)?/.exec(rest.join(" "));
  const ready = address?.[1] ?? "/";
  return { health: port === null || address === null || ready === "/healthz" ? { command } : { ready, command } };
}

/** What a service runs. */
export type Source = { readonly image: string | { readonly build: string } };

/**
 * @param place The way from the stack file's folder to that of the Compose file.
 * @returns `null`: nothing that a stack could run, and a note says why.
 */
export function readSource({ key, name, values }: ComposeService, place: string, notes: Notes): Source | null {
  const path = ["services", key];
  const { build, image } = values;
  if (build === undefined) {
    if (typeof image === "string" && image !== "") return { image };
    notes.add(path, null, `${key} is left out: it has neither build nor image`, "declare it with s.service and an image");
    return null;
  }
  const options = typeof build === "string" ? { context: build } : objectOf(build);
  const context = String(options.context ?? ".");
  for (const option of Object.keys(options).filter((other) => other !== "context")) {
    if (option === "dockerfile" && options.dockerfile === "Dockerfile") continue;
    notes.add(
      [...path, "build", option],
      name,
      `build.${option} is not carried over`,
      "the file Dockerfile of the folder is built, with its own defaults",
    );
  }
  if (/^([a-z]+:\/\/|git@|[/\\~]|[A-Za-z]:)/.test(context)) {
    notes.add(
      [...path, "build"],
      null,
      `${key} is left out: it is built from ${context}`,
      "copy it to a folder beside the stack file, and declare it with s.service",
    );
    return null;
  }
  if (typeof image === "string" && posix.basename(image.split(":")[0] ?? "") !== key) {
    notes.add([...path, "image"], name, `the image's name ${image} is not carried over`, "groundplan build names it STACK/SERVICE");
  }
  const folder = posix.normalize(posix.join(place, context)).replace(/\/+$/, "");
  return { image: { build: folder.startsWith(".") ? folder : `./${folder}` } };
}

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
    const keys = [...namesOf(service.values.depends_on), ...itemsOf(service.values.links).map((link) => String(link).split(":")[0] ?? "")];
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
