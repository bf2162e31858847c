import { type Draft, isPublic } from "./draft.js";
import type { ImportedComponent } from "./imported-stack.js";
import type { Notes } from "./notes.js";
import { memoryLimit } from "./read-memory.js";
import { itemsOf, objectOf, pathText, type Values } from "./values.js";

/** Notes about all keys that a stack file has nothing for. */
export function noteUnsupported(draft: Draft, notes: Notes): void {
  const { key, name, values } = draft.service;
  const path = ["services", key];
  const known: readonly string[] = [...READ, ...OWN];
  for (const other of Object.keys(values)) {
    if (known.includes(other) || other.startsWith("x-")) continue;
    notes.add([...path, other], name, `${other} is not carried over`, adviceOf(other));
  }
  const { published, unreadable } = draft.ports;
  const extra = published.slice(1).map(({ target }) => String(target));
  if (draft.kind === "service" && extra.length + unreadable.length > 0) {
    const advice = "a service has one port, of TCP; write another service for another port";
    notes.add([...path, "ports"], name, `ports are not carried over: ${[...extra, ...unreadable].join(", ")}`, advice);
  }
  for (const other of Object.keys(objectOf(values.deploy))) {
    if (["replicas", "resources", "restart_policy", "mode"].includes(other)) continue;
    notes.add(
      [...path, "deploy", other],
      name,
      `deploy.${other} is not carried over`,
      "groundplan swarm has its own, for updates and rollbacks",
    );
  }
  if (values.restart === "no") {
    notes.add(
      [...path, "restart"],
      name,
      "it is started again whenever it ends",
      "a stack has no jobs that end: do that work in a service's own start",
    );
  }
  noteVolumes(draft, notes);
  noteSecretFiles(draft, notes);
}

function noteVolumes({ service, kind }: Draft, notes: Notes): void {
  const volumes = itemsOf(service.values.volumes).map((volume) =>
    typeof volume === "string" ? volume : `${objectOf(volume).source ?? ""}:${objectOf(volume).target ?? ""}`,
  );
  if (volumes.length === 0) return;
  const advice =
    kind === "service"
      ? "put files into the image, and keep data in a database; else write the volume into compose.override.yaml"
      : "the database has a volume of its own: dump the old data and load it there";
  notes.add(["services", service.key, "volumes"], service.name, `volumes are not carried over: ${volumes.join(", ")}`, advice);
}

/** Secrets that no variable leads to: those with one are carried over with it. */
function noteSecretFiles({ service, kind }: Draft, notes: Notes): void {
  if (kind === "postgres") return;
  const named = itemsOf(service.values.secrets).map((secret) =>
    typeof secret === "object" ? String(objectOf(secret).target ?? objectOf(secret).source) : String(secret),
  );
  const without = named.filter((name) => !service.env.some(({ text }) => text === `/run/secrets/${name}`));
  if (without.length === 0) return;
  const what = `secrets are not carried over: ${without.join(", ")}`;
  notes.add(
    ["services", service.key, "secrets"],
    service.name,
    what,
    'write env: { NAME: s.secret("name") }, and have the program read NAME',
  );
}

/** Notes about the top of the file. */
export function noteTop(data: Values, notes: Notes): void {
  for (const key of Object.keys(data)) {
    if (TOP_READ.includes(key) || key.startsWith("x-")) continue;
    notes.add([key], null, `${pathText([key])} is not carried over`, topAdviceOf(key));
  }
}

/** What groundplan does otherwise than Compose for every stack that has such services. */
export function noteDifferences(drafts: readonly Draft[], components: readonly ImportedComponent[], notes: Notes): void {
  const note = (what: string, names: readonly string[], advice: string) => {
    if (names.length > 0) notes.add(["services"], null, `${what} (${names.join(", ")})`, advice);
  };
  const keys = new Set(drafts.flatMap(({ service }) => Object.keys(service.values)));
  const times = drafts.some(({ service }) =>
    Object.keys(objectOf(service.values.healthcheck)).some((key) => !["test", "disable"].includes(key)),
  );
  const own = [...OWN.filter((key) => keys.has(key)), ...(times ? ["the times of healthcheck"] : [])];
  note("groundplan sets these for every container itself", own, "look at them with groundplan synth compose");
  const reach = ["networks", "container_name", "hostname"].filter((key) => keys.has(key));
  note("a service reaches what it uses, by its name in the stack, and nothing else", reach, "write what is missing into uses");

  const moved = drafts.flatMap((draft) => {
    const published = draft.ports.published[0]?.published;
    return isPublic(draft) && published ? [`--port ${draft.service.name}=${published}`] : [];
  });
  note("public services get the ports 8080, 8081 and so on of this machine", moved, "to keep theirs, start with these options");

  const services = components.flatMap((component) => (component.kind === "service" ? [component] : []));
  const withoutLocal = services.filter(({ options }) => options.local === undefined).map(({ name }) => name);
  note("they run in containers only", withoutLocal, "write local for groundplan up, or use groundplan compose up");
  const asked = services.filter(
    ({ options: { image, public: open, port, health } }) =>
      (typeof image === "object" || open) && port !== undefined && (health === undefined || health.ready === undefined),
  );
  const askedNames = asked.map(({ name }) => name);
  note("GET /healthz has to answer 200 when they can do their work", askedNames, "write health for another path");
  const unlimited = drafts.filter(({ service, kind }) => kind === "service" && memoryLimit(service) === undefined);
  const limited = unlimited.map(({ service }) => service.name);
  note(
    "Compose limits their memory nowhere; a stack does, to 256 MiB if it says nothing",
    limited,
    "write memoryMb where it is not enough",
  );
  const soft = services.filter(({ options }) => options.hardened === false).map(({ name }) => name);
  note("hardened: false, since Compose lets them write to their file system", soft, "remove it where the program does not need that");
  const inside = services.filter(({ options }) => options.internet !== true).map(({ name }) => name);
  note("they open no connection that leaves the stack", inside, "write internet: true where one has to");
}

/** Keys of a service that the import reads. */
const READ = [
  "image",
  "build",
  "command",
  "depends_on",
  "links",
  "environment",
  "env_file",
  "ports",
  "expose",
  "healthcheck",
  "volumes",
  "secrets",
  "deploy",
  "scale",
  "mem_limit",
  "read_only",
  "cap_drop",
  "networks",
  "container_name",
  "hostname",
] as const;

/** Keys that groundplan sets itself for every container, where the Compose file sets them or not. */
const OWN = ["restart", "init", "logging", "security_opt", "pids_limit", "shm_size", "stop_grace_period", "pull_policy", "tmpfs"] as const;

const OVERRIDE = "write it into compose.override.yaml beside the files of groundplan compose, if it is needed";

/** What to do about keys that a stack file has nothing for. */
const ADVICE: Readonly<Record<string, string>> = {
  configs: "put the file into the image, or its text into a variable",
  devices: OVERRIDE,
  entrypoint: "write it as ENTRYPOINT into the Dockerfile",
  extends: "write out what it takes from there",
  network_mode: "the networks follow from the links; a host's own network is not to be had",
  privileged: "find what it needs it for; a stack runs no privileged container",
  profiles: "a stack has no profiles: remove the service here if it does not always run",
  ulimits: OVERRIDE,
  user: "write USER into the Dockerfile",
  working_dir: "write WORKDIR into the Dockerfile",
};

const TOP_ADVICE: Readonly<Record<string, string>> = {
  configs: "put the files into the images",
  include: "import the files that it names as well, and join the stacks by hand",
};

/** What to do about a key of a service that is not carried over. */
function adviceOf(key: string): string {
  return ADVICE[key] ?? OVERRIDE;
}

/** The same of a key at the top of the file. */
function topAdviceOf(key: string): string {
  return TOP_ADVICE[key] ?? "Compose may know it and groundplan does not; remove it if it is a slip of the pen";
}

/** Keys at the top of the file that the import reads, or that follow from the rest. */
const TOP_READ: readonly string[] = ["name", "version", "services", "volumes", "networks", "secrets"];
