import { passwordSecretOf } from "../builder/databases.js";
import { deepFreeze } from "../deep-freeze.js";
import type { ComponentDefinition, EnvInput } from "../definition.js";
import { envPrefix } from "../env-name.js";
import type { ComponentSource, EnvPiece, EnvValue, Link, Plan, PlannedComponent, PostgresSource } from "../plan.js";
import { networkRules } from "./rules.js";
import { compareText, sortedUnique, startOrder } from "./start-order.js";

/** The options of a component that no other field of the plan holds. */
export function componentSource(component: ComponentDefinition): ComponentSource {
  switch (component.kind) {
    case "service": {
      const { name, port, public: isPublic, uses, env, metrics, memoryMb, ...source } = component;
      return source;
    }
    case "redis": {
      const { name, port, memoryMb, ...source } = component;
      return source;
    }
    case "postgres": {
      const { name, port, memoryMb, ...source } = component;
      return { ...source, passwordSecret: passwordSecretOf(name) };
    }
  }
}

/** All variables of a component: its port, what its links give, then the author's own. Databases need none. */
export function componentEnv(
  component: ComponentDefinition,
  known: ReadonlyMap<string, ComponentDefinition>,
): Readonly<Record<string, EnvValue>> {
  if (component.kind !== "service") return {};
  const links = Object.entries(component.uses).flatMap(([alias, name]) => {
    const target = known.get(name);
    return target === undefined ? [] : linkEnv(alias, { name, source: componentSource(target) });
  });
  // By reference, not by number: a laptop may run it on another port.
  const port: [string, EnvValue][] = component.port === null ? [] : [["PORT", [{ kind: "port", of: component.name }]]];
  const own = Object.entries(component.env).map(([name, input]): [string, EnvValue] => [name, [envPiece(input)]]);
  return sortedRecord([...port, ...links, ...own]);
}

/** Variables by name, in the order of their names. */
export function sortedRecord(variables: Iterable<readonly [string, EnvValue]>): Readonly<Record<string, EnvValue>> {
  return Object.fromEntries([...variables].sort(([a], [b]) => compareText(a, b)));
}

function envPiece(input: EnvInput): EnvValue[number] {
  if (typeof input === "string") return text(input);
  return "secret" in input ? { kind: "secret", name: input.secret } : { kind: "page", of: input.page };
}

/** The end of a link, as far as its variables tell of it. */
export interface LinkTarget {
  readonly name: string;
  readonly source: { readonly kind: "service" | "redis" } | Pick<PostgresSource, "kind" | "user" | "database" | "passwordSecret">;
}

type NamedValues = readonly (readonly [name: string, value: EnvValue])[];

/**
 * The variables that a link gives to the one who uses it: all that there is to know about the other end.
 *
 * @param alias The author's name for the link: it makes the names of the variables.
 * @example linkEnv("queue", { name: "redis", source: { kind: "redis" } });   // QUEUE_URL, QUEUE_HOST and QUEUE_PORT
 */
export function linkEnv(alias: string, target: LinkTarget): NamedValues {
  const prefix = envPrefix(alias);
  const { source } = target;
  const address = addressEnv(alias, target);
  if (source.kind !== "postgres") return address;
  return [
    ...address,
    [`${prefix}_USER`, [text(source.user)]],
    [`${prefix}_PASSWORD`, [{ kind: "secret", name: source.passwordSecret }]],
    [`${prefix}_NAME`, [text(source.database)]],
  ];
}

/** The part that every kind of component gives: URL, host and port. */
export function addressEnv(alias: string, target: LinkTarget): NamedValues {
  const prefix = envPrefix(alias);
  const host: EnvPiece = { kind: "host", of: target.name };
  const port: EnvPiece = { kind: "port", of: target.name };
  return [
    [`${prefix}_URL`, urlOf(target.source, host, port)],
    [`${prefix}_HOST`, [host]],
    [`${prefix}_PORT`, [port]],
  ];
}

function urlOf(source: LinkTarget["source"], host: EnvPiece, port: EnvPiece): EnvValue {
  switch (source.kind) {
    case "service":
      return [text("http://"), host, text(":"), port];
    case "redis":
      return [text("redis://"), host, text(":"), port];
    case "postgres": {
      // Secrets are URL-safe by contract (see renderEnv), and the builder takes no other user and database.
      const password: EnvPiece = { kind: "secret", name: source.passwordSecret };
      return [text(`postgres://${source.user}:`), password, text("@"), host, text(":"), port, text(`/${source.database}`)];
    }
  }
}

function text(value: string): EnvPiece {
  return { kind: "text", text: value };
}

/** How one target names what only it knows. */
export interface EnvNaming {
  /** The host name or address at which the users of a component find it. */
  host(of: string): string;
  /** The port at which they find it. */
  port(of: string): number | string;
  /**
   * The value of a secret, or the target's expression for it. A secret may stand inside a URL and is put there as it is, so a
   * target must generate secrets that need no percent-encoding: A-Z, a-z, 0-9, - and _ only.
   */
  secret(name: string): string;
  /** The address at which a browser outside the stack opens a public service, without a slash at its end. */
  page(of: string): string;
}

/**
 * Variables as text, in the same order.
 *
 * @example renderEnv(worker.env, { host: () => "127.0.0.1", port: (of) => ports[of], secret: (name) => secrets[name], page: (of) => pages[of] })
 * // { DB_HOST: "127.0.0.1", DB_URL: "postgres://app:s3cret@127.0.0.1:5432/app", ... }
 */
export function renderEnv(env: Readonly<Record<string, EnvValue>>, naming: EnvNaming): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.map((piece) => renderPiece(piece, naming)).join("")]));
}

function renderPiece(piece: EnvPiece, naming: EnvNaming): string {
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "host":
      return naming.host(piece.of);
    case "port":
      return String(naming.port(piece.of));
    case "secret":
      return naming.secret(piece.name);
    case "page":
      return naming.page(piece.of);
  }
}

/**
 * The plan for a machine that lacks some of its Redis servers: every client of one named here gets, under the same
 * alias, the URL, host and port of the component that stands in for it, and waits for that one. Links, rules and the
 * start order follow. The Redis component itself stays in the plan, so that it can be shown as served by its stand-in.
 *
 * A name that is not a Redis with a stand-in is a bug of the caller.
 *
 * @example withStandIns(planOf(definition), ["redis"])   // vote gets QUEUE_URL=postgres://...
 */
export function withStandIns(plan: Plan, names: readonly string[]): Plan {
  const standIns = new Map(names.map((name) => [name, standInOf(plan, name)]));
  const links = plan.links.map((link) => repointed(link, standIns.get(link.to)));
  const components = startOrder(plan.components.map((component) => withLinks(component, plan.links, links, standIns)));
  const order = components.map(({ name }) => name);
  const hosts = plan.hosts.map((host) => ({ ...host, runs: order.filter((name) => host.runs.includes(name)) }));
  const rules = networkRules({ ...plan, hosts, components, links });
  return deepFreeze({ ...plan, components, hosts, links: inStartOrder(links, order), rules });
}

function standInOf(plan: Plan, name: string): PlannedComponent {
  const redis = plan.components.find((component) => component.name === name);
  const standIn = redis?.source.kind === "redis" ? redis.source.standIn : null;
  const component = plan.components.find((other) => other.name === standIn);
  if (component === undefined) throw new Error(`withStandIns takes the names of redis components with a stand-in, not "${name}"`);
  return component;
}

function repointed(link: Link, standIn: PlannedComponent | undefined): Link {
  if (standIn === undefined || standIn.port === null) return link;
  return { ...link, to: standIn.name, port: standIn.port, toHost: standIn.host };
}

function withLinks(
  component: PlannedComponent,
  before: readonly Link[],
  after: readonly Link[],
  standIns: ReadonlyMap<string, PlannedComponent>,
): PlannedComponent {
  const addresses = before
    .filter(({ from }) => from === component.name)
    .flatMap(({ alias, to }) => {
      const standIn = standIns.get(to);
      return standIn === undefined ? [] : addressEnv(alias, standIn);
    });
  return {
    ...component,
    after: sortedUnique(after.filter(({ from }) => from === component.name).map(({ to }) => to)),
    env: sortedRecord([...Object.entries(component.env), ...addresses]),
  };
}

/** The sort is stable: the links of one component keep the order in which its author wrote them. */
function inStartOrder(links: readonly Link[], order: readonly string[]): readonly Link[] {
  return [...links].sort((a, b) => order.indexOf(a.from) - order.indexOf(b.from));
}
