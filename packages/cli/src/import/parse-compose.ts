import { type EnvInput, nameLike, passwordSecretOf } from "@groundplan/model";
import { parseComposeDocument, schemaProblems } from "./compose-document.js";
import { type ComposeService, type EnvEntry, readServices } from "./compose-service.js";
import { type Draft, draftOf, isPublic } from "./draft.js";
import { noteDifferences, noteTop, noteUnsupported } from "./general-notes.js";
import { hostNamesOf, hostsIn, withHosts } from "./host-names.js";
import type { ImportedComponent, ImportedHost, ImportedStack, ImportProblem } from "./imported-stack.js";
import { type Environment, interpolateValues } from "./interpolate.js";
import { Notes } from "./notes.js";
import { postgresOptions, redisOptions } from "./read-database.js";
import { readLinks, readSource, readTargets, type Source, serviceOptions } from "./read-service.js";
import { namesOf, objectOf, ordered, type Values } from "./values.js";

export interface ComposeContext {
  /** The stack's name; `null`: as the file says, or its folder. */
  readonly name: string | null;
  /** Name of the folder that the file is in. */
  readonly folderName: string;
  /** The way from the stack file's folder to that of the Compose file, with slashes; "." for the same. */
  readonly place: string;
  /** Variables that the file may use. */
  readonly env: Environment;
  /** The variables of an `env_file`, by its path as it is written; `null`: it cannot be read. */
  readonly envFile: (path: string) => Environment | null;
}

interface OwnEnvContext {
  /** All components. */
  readonly drafts: readonly Draft[];
  /** Those that it has a link to. */
  readonly linked: readonly Draft[];
  readonly hostNames: ReadonlyMap<string, string>;
  readonly secrets: SecretNames;
  readonly notes: Notes;
}

const SECRET = /(PASSWORD|PASSWD|_PASS$|_PWD$|SECRET|TOKEN|CREDENTIAL|API_?KEY|(^|_)KEY$|_SALT$)/i;

const NO_SECRET = /(_FILE|_PATH|_URL|_URI|_NAME|_ID|_TTL|PUBLIC|EXPIR)/i;

/** A Compose file as a stack, or all that keeps it from being one. */
export function parseCompose(text: string, context: ComposeContext): ImportedStack | { readonly problems: readonly ImportProblem[] } {
  const document = parseComposeDocument(text);
  if ("problems" in document) return document;
  const { lineOf } = document;
  const shape = shapeProblem(document.data);
  if (shape !== null) return { problems: [shape] };
  const { data, variablesAt, problems } = interpolateValues(document, context.env);
  const wrong = [...problems, ...schemaProblems(data, lineOf)];
  if (wrong.length > 0) return { problems: wrong };

  const notes = new Notes(lineOf);
  const values = objectOf(data);
  const read = readServices(values, { ...context, lineOf, variablesAt }, notes);
  if (read.problems.length > 0) return { problems: read.problems };
  const { components, hosts } = importServices(values, read.services, context.place, notes);
  if (components.length === 0)
    return { problems: notes.all().map(({ line, at, what, advice }) => ({ line, column: null, at, message: what, fix: advice })) };

  const variables = [...new Set([...variablesAt.values()].flatMap((filled) => filled.variables))];
  if (variables.length > 0) {
    notes.add(
      ["services"],
      null,
      `variables have the values of today (${variables.join(", ")})`,
      "what differs from machine to machine goes into a secret or a program's own settings",
    );
  }
  const written = typeof values.name === "string" ? values.name : (context.env.COMPOSE_PROJECT_NAME ?? context.folderName);
  return { name: context.name ?? nameLike(written, "app"), components, hosts, notes: notes.all() };
}

function shapeProblem(data: unknown): ImportProblem | null {
  const { services, kind, apiVersion } = objectOf(data);
  const problem = (message: string, fix: string): ImportProblem => ({ line: null, column: null, at: "services", message, fix });
  if (services === undefined || services === null) {
    const isKubernetes = kind !== undefined && apiVersion !== undefined;
    const what = isKubernetes ? "this is a file for Kubernetes, not for Compose" : "this is no Compose file: it has no services";
    return problem(what, "name a compose.yaml or docker-compose.yml");
  }
  if (Object.keys(objectOf(services)).length > 0 || typeof services !== "object") return null;
  return problem("the file has no service", "write at least one under services");
}

/** The components of a stack, users after what they use, and where they run. */
function importServices(
  data: Values,
  all: readonly ComposeService[],
  place: string,
  notes: Notes,
): { readonly components: readonly ImportedComponent[]; readonly hosts: readonly ImportedHost[] } {
  const sources = new Map<string, Source>();
  for (const service of all) {
    const source = readSource(service, place, notes);
    if (source !== null) sources.set(service.name, source);
  }
  const services = all.filter(({ name }) => sources.has(name));
  const hostNames = hostNamesOf(services);
  const drafts = services.map((service) => draftOf(service, namedPorts(service, services, hostNames)));
  const targets = readTargets(drafts, hostNames, notes);
  const passwords = drafts.filter(({ kind }) => kind === "postgres").map(({ service }) => passwordSecretOf(service.name));
  const secrets = new SecretNames(passwords);

  const importOne = (draft: Draft): ImportedComponent => {
    const { kind, service } = draft;
    const { name } = service;
    noteUnsupported(draft, notes);
    if (kind === "redis") return { kind, name, options: redisOptions(draft, notes) };
    if (kind === "postgres") return { kind, name, options: postgresOptions(draft, notes) };
    const linked = drafts.filter((other) => targets.get(name)?.has(other.service.name));
    const { uses, given } = readLinks(
      service.env.filter((entry) => entry.name !== "PORT"),
      linked,
      hostNames,
    );
    for (const entry of service.env.filter(({ name: variable, text }) => given.has(variable) && text.startsWith("postgresql://"))) {
      const path = ["services", service.key, "environment", entry.name];
      notes.add(path, name, `${entry.name} begins with postgres:// now`, "some libraries (SQLAlchemy) want postgresql://", entry.line);
    }
    const own = service.env.filter((entry) => !given.has(entry.name));
    const env = readOwnEnv(draft, own, { drafts, linked, hostNames, secrets, notes });
    const source = sources.get(name) ?? { image: "" };
    return { kind, name, options: serviceOptions(draft, { source, uses, env, networks: objectOf(data.networks), notes }) };
  };

  const imported = new Map(drafts.map((draft) => [draft.service.name, importOne(draft)]));
  const names = ordered([...imported.keys()], targets);
  const components = names.flatMap((name) => imported.get(name) ?? []);
  noteTop(data, notes);
  noteDifferences(drafts, components, notes);
  const placed = names.flatMap((name) => drafts.find(({ service }) => service.name === name) ?? []);
  const hosts = placeOnHosts(
    placed.map((draft) => ({ name: draft.service.name, port: draft.port, public: isPublic(draft) })),
    notes,
  );
  return { components, hosts };
}

/** The ports at which other services look for this one. */
function namedPorts(service: ComposeService, all: readonly ComposeService[], hostNames: ReadonlyMap<string, string>): readonly number[] {
  const mentions = all.filter((other) => other !== service).flatMap(({ env }) => env.flatMap(({ name, text }) => hostsIn(name, text)));
  return mentions.flatMap(({ host, port }) => (port !== null && hostNames.get(host) === service.name ? [port] : []));
}

interface Placed {
  readonly name: string;
  readonly port: number | null;
  readonly public: boolean;
}

/** Every machine of a stack has it for its operators. */
const SSH_PORT = 22;

/** One host, as Compose has one machine; what would listen on a port that is taken there goes to a second one, and so on. */
function placeOnHosts(components: readonly Placed[], notes: Notes): readonly ImportedHost[] {
  const hosts: { readonly name: string; readonly runs: Placed[] }[] = [{ name: "main", runs: [] }];
  const isFree = (runs: readonly Placed[], port: number | null) => port === null || !runs.some((other) => other.port === port);
  for (const component of components) {
    const free = hosts.find(({ runs }) => isFree(runs, component.port));
    if (free !== undefined) {
      free.runs.push(component);
      if (free !== hosts[0]) noteHost(component, hosts[0]?.runs ?? [], free.name, notes);
      continue;
    }
    const name = `main-${hosts.length + 1}`;
    noteHost(component, hosts[0]?.runs ?? [], name, notes);
    hosts.push({ name, runs: [component] });
  }
  return hosts.map(({ name, runs }, index) => ({
    name,
    // The first one is the way in for operators.
    subnet: index === 0 || runs.some((component) => component.public) ? "public" : "private",
    runs: runs.map((component) => component.name),
  }));
}

function noteHost({ name, port }: Placed, runs: readonly Placed[], host: string, notes: Notes): void {
  const other = port === SSH_PORT ? "SSH" : runs.find((candidate) => candidate.port === port)?.name;
  const what = `${name} runs on the host "${host}": on "main" ${other} listens on ${port} already`;
  notes.add(["services"], null, what, "for one host give one of them another port");
}

/** The variables of a service that no link gives, as a stack file writes them. */
function readOwnEnv(draft: Draft, entries: readonly EnvEntry[], context: OwnEnvContext): Readonly<Record<string, EnvInput>> {
  return Object.fromEntries(
    entries.flatMap((entry): [string, EnvInput][] => {
      const [name, value] = readEntry(draft, entry, context) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

function readEntry(draft: Draft, entry: EnvEntry, context: OwnEnvContext): [string, EnvInput] | null {
  const { service, port } = draft;
  const { name, text, filled } = entry;
  const { notes, secrets, hostNames } = context;
  const note = (what: string, advice: string) =>
    notes.add(["services", service.key, "environment", name], service.name, what, advice, entry.line);

  if (name === "PORT") {
    if (text !== String(port))
      note(`PORT=${text} is not carried over`, `PORT is the port of the service${port === null ? ": write port" : `, ${port}`}`);
    return null;
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    note(`${JSON.stringify(name)} is not carried over`, "names of variables are of letters, digits and _");
    return null;
  }
  const file = /^\/run\/secrets\/(.+)$/.exec(text)?.[1];
  if (name.endsWith("_FILE") && file !== undefined && namesOf(service.values.secrets).concat(sourcesOf(draft)).includes(file)) {
    const base = name.slice(0, -"_FILE".length);
    const secret = secrets.nameOf(`file ${file}`, file);
    note(`${name} is now ${base}, the secret "${secret}"`, `its value is made up once, and ${base} holds it; ${keep(secret)}`);
    return [base, { secret }];
  }
  if (looksSecret(entry)) return readSecret(entry, context, note);
  if (filled !== null && filled.unset.length > 0) {
    note(`${filled.unset.join(", ")} is set nowhere, so nothing stands in its place in ${name}`, "write its value here");
  }
  const page = pageAt(text, context.drafts);
  if (page !== null) return [name, { page }];
  const named = withHosts(text, hostNames);
  const other = hostsIn(name, named).flatMap(({ host }) => context.linked.find((draft) => draft.service.name === host) ?? [])[0];
  const password = other?.kind === "postgres" && /:[^@/]*@/.test(named);
  // An image runs in containers only, where the name is right.
  if (other !== undefined && (password || service.values.build !== undefined)) {
    const old = password ? ", and the old password" : "";
    note(
      `${name} is kept as text: it has ${other.service.name} by its name in containers${old}`,
      "have the program read the variables of the link",
    );
  }
  return [name, named];
}

function readSecret(entry: EnvEntry, context: OwnEnvContext, note: (what: string, advice: string) => void): [string, EnvInput] | null {
  const identity = secretIdentity(entry);
  const database = context.linked.find(({ kind, service }) => {
    const password = service.env.find(({ name }) => name === "POSTGRES_PASSWORD");
    return kind === "postgres" && password !== undefined && secretIdentity(password) === identity;
  });
  if (database !== undefined) {
    const advice = "the link gives it: have the program read the variable of the link that ends in _PASSWORD";
    note(`${entry.name} is not carried over: it is the password of ${database.service.name}, which is generated`, advice);
    return null;
  }
  const secret = context.secrets.nameOf(identity, entry.filled?.variables[0] ?? entry.name);
  note(`${entry.name} looks like a secret: it is now the secret "${secret}"`, `its value is made up once; ${keep(secret)}`);
  return [entry.name, { secret }];
}

const keep = (secret: string): string =>
  `to keep the old one, write "${secret}" into .groundplan/NAME/secrets.json, or into the .env of the Compose files`;

/** Long syntax of `secrets`. */
function sourcesOf({ service }: Draft): readonly string[] {
  const items = Array.isArray(service.values.secrets) ? service.values.secrets : [];
  return items.flatMap((item) => [objectOf(item).target ?? objectOf(item).source ?? []].flat().map(String));
}

/** The public service that a browser finds at this address on the machine that runs Compose. */
function pageAt(text: string, drafts: readonly Draft[]): string | null {
  const found = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::(\d+))?$/.exec(text);
  if (found === null) return null;
  const port = Number(found[1] ?? 80);
  const isThere = ({ kind, ports }: Draft) => kind === "service" && ports.published[0]?.published === port;
  return drafts.find(isThere)?.service.name ?? null;
}

/** Whether a variable holds what should be written down nowhere. */
export function looksSecret({ name, text, filled }: EnvEntry): boolean {
  if (!SECRET.test(name) || NO_SECRET.test(name)) return false;
  if (text === "") return (filled?.unset.length ?? 0) > 0;
  return !/^(yes|no|true|false|\d{1,2})$/i.test(text) && !/^(\/|[a-z][a-z0-9+.-]*:\/\/)/i.test(text);
}

/** What two variables have in common that hold the same secret: the value, or where it would come from. */
function secretIdentity({ text, filled }: EnvEntry): string {
  return text === "" ? `$${filled?.unset[0] ?? ""}` : `=${text}`;
}

/** Gives secrets their names: one for each value, so that two services that shared a password share it still. */
class SecretNames {
  readonly #names = new Map<string, string>();
  readonly #taken: Set<string>;

  /** @param taken Names that a stack has of itself, such as those of the passwords of databases. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  nameOf(identity: string, wish: string): string {
    const known = this.#names.get(identity);
    if (known !== undefined) return known;
    const plain = nameLike(wish, "secret");
    let name = plain;
    for (let count = 2; this.#taken.has(name); count++) name = `${plain.slice(0, 36)}-${count}`;
    this.#taken.add(name);
    this.#names.set(identity, name);
    return name;
  }
}
