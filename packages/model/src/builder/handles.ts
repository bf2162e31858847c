import { nearest } from "../nearest.js";
import type { Problem, ProblemCode } from "../problem.js";
import { constantOf, listOf, show } from "../show.js";
import type { Kind, Place } from "./shape.js";

/** Stands for a name that could not be read: it is among the `mistakes`, so no rule reports it again. */
export const UNREADABLE = "";

/** Only the compiler sees it: a value that looks like a handle is none. */
declare const made: unique symbol;

interface Handle<Kind extends string> {
  readonly kind: Kind;
  readonly name: string;
  readonly [made]: Kind;
}

/** A service, as `s.service` returns it: pass it on where another declaration takes a component. */
export interface ServiceHandle extends Handle<"service"> {
  /**
   * Gives it more variables, each name once: for two pages that lead to each other, since only the later one of the two knows both.
   *
   * @param variables As in the option `env`.
   * @example vote.env({ RESULT_PAGE: result.page });
   */
  env(variables: Variables): void;
}

/** A service with a port: others can use it, and it can be measured. */
export interface ListeningService extends ServiceHandle {
  /**
   * One of its Prometheus metrics, for `s.pipeline`. The service then has metrics, at /metrics unless its option `metrics` says another
   * path.
   *
   * @param name The bare name, without labels, for example "votes_accepted_total"; several series of it are added up.
   * @param options `copies`: what the copies of the service tell. "add" (the default): each its own share, so they are added up.
   * "agree": each the total of the whole stack, as a queue or a database has it.
   * @example s.pipeline({ levels: { accepted: vote.metric("votes_accepted_total") } });
   * @example s.pipeline({ levels: { queued: vote.metric("votes_queued_total", { copies: "agree" }) } });
   */
  metric<const Copies extends MetricCopies = "add">(name: string, options?: { readonly copies?: Copies }): Metric<Copies>;
}

/** A service with `public: true`: people can open it in their browser. */
export interface PublicService {
  /**
   * The address at which people find it, as a value in another's `env`. It is no link: it opens no port between the two, and neither
   * waits for the other.
   *
   * @example s.service("result", { ..., env: { VOTE_PAGE: vote.page } });   // on a laptop VOTE_PAGE=http://127.0.0.1:8080
   */
  readonly page: Page;
}

/** What `s.service` returns: what it offers depends on its options. */
export type ServiceHandleFor<Port, Public> = ServiceHandle &
  ([Port] extends [number] ? ListeningService : unknown) &
  (true extends Public ? PublicService : unknown);

/** A Redis server, as `s.redis` returns it. */
export interface RedisHandle extends Handle<"redis"> {}

/** A PostgreSQL server, as `s.postgres` returns it. */
export interface PostgresHandle extends Handle<"postgres"> {}

/** A machine, as `s.host` returns it. */
export interface HostHandle extends Handle<"host"> {}

export type ComponentHandle = ServiceHandle | RedisHandle | PostgresHandle;

/** What a link can lead to: anything that listens on a port. */
export type LinkTarget = ListeningService | RedisHandle | PostgresHandle;

/** A secret of the stack, as `s.secret` returns it. */
export interface Secret {
  readonly secret: string;
  readonly [made]: "secret";
}

/** The address of a public service, as its handle has it. */
export interface Page {
  readonly page: string;
  readonly [made]: "page";
}

/** "add": each copy of a service tells its own share. "agree": each tells the total of the whole stack. */
export type MetricCopies = "add" | "agree";

/** A metric of a service, as its handle's `metric` returns it. */
export interface Metric<Copies extends MetricCopies = MetricCopies> {
  readonly service: string;
  readonly metric: string;
  readonly copies: Copies;
  readonly [made]: "metric";
}

/** Variables of a service by name: text, a secret, or the page of another service. */
export type Variables = Readonly<Record<string, string | Secret | Page>>;

/** Every handle that there is: what only looks like one is not in it. */
const HANDLES = new WeakSet<object>();

/** Makes a handle of it. */
export function asHandle<T extends object>(value: T): T {
  HANDLES.add(value);
  return Object.freeze(value);
}

interface Named {
  readonly kind: string;
  readonly name: string;
}

function isHandle(value: unknown): value is Named {
  return typeof value === "object" && value !== null && HANDLES.has(value);
}

/** What a reference may lead to. */
interface Referable {
  readonly kinds: readonly string[];
  /** For example "a component". */
  readonly what: string;
  /** What makes one, for example "s.redis". */
  readonly from: string;
  /** The code of a reference that leads nowhere. */
  readonly code: ProblemCode;
  readonly example: string;
}

const COMPONENT = { kinds: ["service", "redis", "postgres"], what: "a component", from: "s.service, s.redis or s.postgres" };
const SERVICE = { kinds: ["service"], what: "a service", from: "s.service", example: "worker" };
const POSTGRES = { kinds: ["postgres"], what: "a PostgreSQL", from: "s.postgres", example: "db" };
const HOST = { kinds: ["host"], what: "a host", from: "s.host", example: "frontend" };

/**
 * A component or host that the author refers to by its handle. The definition holds its name, also that of a wrong reference where
 * one can be told: what follows from it is then judged as it was meant. `UNREADABLE` where none can.
 */
export const reference = {
  link: referenceTo<LinkTarget>({ ...COMPONENT, code: "LINK_TARGET_UNKNOWN", example: "redis" }),
  placed: referenceTo<ComponentHandle>({ ...COMPONENT, code: "HOST_RUNS_UNKNOWN", example: "vote" }),
  service: referenceTo<ServiceHandle>({ ...SERVICE, code: "PIPELINE_INVALID" }),
  standIn: referenceTo<PostgresHandle>({ ...POSTGRES, code: "STAND_IN_INVALID" }),
  host: referenceTo<HostHandle>({ ...HOST, code: "MONITORING_HOST_UNKNOWN" }),
} as const;

function referenceTo<H>(to: Referable): Kind<string, H> {
  return {
    allowed: `${to.what} of this stack`,
    example: to.example,
    parse: (value, place) => {
      if (typeof value === "string" && value !== "") {
        place.reading.report(() => byName(value, to, place));
        return value;
      }
      if (!isHandle(value) || !to.kinds.includes(value.kind)) {
        place.reading.report(noReference(value, to, place));
        return UNREADABLE;
      }
      if (!place.reading.owns(value)) place.reading.report(foreign(value, to, place));
      return value.name;
    },
  };
}

/** A name would be checked by nobody before the stack runs; a constant is checked while it is written. */
function byName(name: string, { kinds, what, from, code }: Referable, { at, reading }: Place): Problem {
  const declared = reading.declared(kinds);
  const near = nearest(
    name,
    declared.map((other) => other.name),
  );
  const meant = declared.find((other) => other.name === near);
  const constant = constantOf(meant?.name ?? "");
  return {
    at,
    code,
    message: `${show(name)} is only a name, and ${what} is given by its constant`,
    found: show(name),
    allowed: `${what} declared above: ${listOf(declared.map((other) => constantOf(other.name)))}`,
    fix:
      meant === undefined
        ? `declare it above with ${from}, and write the constant`
        : `write ${constant} without quotes, from const ${constant} = s.${meant.kind}(${show(meant.name)}, ...)`,
  };
}

function foreign({ kind, name }: Named, { what, from, code }: Referable, { at }: Place): Problem {
  return {
    at,
    code,
    message: `${kind} ${show(name)} belongs to another stack`,
    found: `${kind} ${show(name)}`,
    allowed: `${what} of this stack`,
    fix: `declare it in this stack with ${from}`,
  };
}

function noReference(value: unknown, { what, from }: Referable, { at }: Place): Problem {
  return {
    at,
    code: "OPTION_INVALID",
    message: `this is not ${what} of the stack`,
    found: show(value),
    allowed: `what ${from} returns`,
    fix: value === undefined ? `declare it above this line, and write the constant that ${from} returns` : `write ${what}`,
  };
}
