import { type EnvInput, nameLike } from "@groundplan/model";
import type { EnvEntry } from "./compose-service.js";
import type { Draft } from "./draft.js";
import { hostsIn, withHosts } from "./host-names.js";
import type { Notes } from "./notes.js";
import { namesOf, objectOf } from "./values.js";

interface OwnEnvContext {
  /** All components. */
  readonly drafts: readonly Draft[];
  /** Those that it has a link to. */
  readonly linked: readonly Draft[];
  readonly hostNames: ReadonlyMap<string, string>;
  readonly secrets: SecretNames;
  readonly notes: Notes;
}

/** The variables of a service that no link gives, as a stack file writes them. */
export function readOwnEnv(draft: Draft, entries: readonly EnvEntry[], context: OwnEnvContext): Readonly<Record<string, EnvInput>> {
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

const SECRET = /(PASSWORD|PASSWD|_PASS$|_PWD$|SECRET|TOKEN|CREDENTIAL|API_?KEY|(^|_)KEY$|_SALT$)/i;
const NO_SECRET = /(_FILE|_PATH|_URL|_URI|_NAME|_ID|_TTL|PUBLIC|EXPIR)/i;

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
export class SecretNames {
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
