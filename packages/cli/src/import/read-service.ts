import { type EnvInput, type ServiceDefinition, type ServiceOptions, stack } from "@groundplan/model";
import { type Draft, isPublic } from "./draft.js";
import type { Notes } from "./notes.js";
import { readHealth } from "./read-health.js";
import { memoryLimit, memoryMbOf } from "./read-memory.js";
import type { Source } from "./read-source.js";
import { listOf, namesOf, objectOf, type Values } from "./values.js";

export interface ServiceParts {
  readonly source: Source;
  readonly uses: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, EnvInput>>;
  /** `networks` of the whole file. */
  readonly networks: Values;
  readonly notes: Notes;
}

const MOST_REPLICAS = 100;

/** A service as a stack file declares it: what is usual is not written. */
export function serviceOptions(draft: Draft, { source, uses, env, networks, notes }: ServiceParts): ServiceOptions {
  const { service, port, image } = draft;
  const usual = usualService(source);
  const hardened = service.values.read_only === true && listOf(service.values.cap_drop).includes("ALL");
  const memoryMb = memoryMbOf(service, memoryLimit(service) === undefined ? (image?.memoryMb ?? usual.memoryMb) : usual.memoryMb, notes);
  const command = readCommand(draft, source, notes);
  const replicas = readReplicas(draft, notes);
  return {
    ...source,
    ...(command === null ? {} : { command }),
    ...(port === null ? {} : { port }),
    ...(isPublic(draft) ? { public: true } : {}),
    ...(Object.keys(uses).length === 0 ? {} : { uses }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...readHealth(service, port, notes),
    ...(replicas === 1 ? {} : { replicas }),
    ...(hardened === usual.hardened ? {} : { hardened }),
    ...(leavesTheStack(draft, networks) ? { internet: true } : {}),
    ...(memoryMb === usual.memoryMb ? {} : { memoryMb }),
  };
}

/** What the model takes where nothing is written. */
function usualService(source: Source): ServiceDefinition {
  const [component] = stack("usual", (s) => s.service("usual", source)).components;
  if (component?.kind !== "service") throw new Error("the model declares no service");
  return component;
}

function readCommand({ service }: Draft, source: Source, notes: Notes): string | readonly string[] | null {
  const { command } = service.values;
  if (command === undefined || command === null) return null;
  const path = ["services", service.key, "command"];
  const shown = Array.isArray(command) ? command.join(" ") : String(command);
  if ("image" in source) {
    notes.add(
      path,
      service.name,
      `command is not carried over: ${shown}`,
      "build a small image FROM this one, with it as CMD, and write build",
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
    "command is how groundplan up runs it without a container",
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
