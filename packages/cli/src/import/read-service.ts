import { posix } from "node:path";
import { defaultsOf, type EnvInput, SERVICE } from "@groundplan/model";
import type { ComposeService } from "./compose-service.js";
import { type Draft, isPublic } from "./draft.js";
import type { ImportedService } from "./imported-stack.js";
import type { Notes } from "./notes.js";
import { memoryLimit, memoryMbOf } from "./read-memory.js";
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
export function serviceOptions(draft: Draft, { source, uses, env, networks, notes }: ServiceParts): ImportedService {
  const { service, port, image } = draft;
  const usual = defaultsOf(SERVICE);
  const built = typeof source.image === "object";
  const hardened = service.values.read_only === true && listOf(service.values.cap_drop).includes("ALL");
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
