import { show } from "../show.js";
import { type LinkTarget, reference, UNREADABLE, type Variables } from "./handles.js";
import { buildOf, image } from "./image.js";
import { commandLine, flag, folders, memory, portNumber, urlPath, urlPathOrFalse, wholeNumber } from "./kinds.js";
import { inNewWords } from "./retired.js";
import { type DefinitionOf, entriesOf, type Kind, type OptionsOf, optional, type Place, readShape, withDefault } from "./shape.js";

/** How it runs while somebody works on it, under `groundplan up --watch`. */
export const WATCH = {
  /**
   * What runs in place of `local`.
   *
   * @default the same as `local`
   * @example s.service("vote", { local: "node dist/main.js", watch: { run: "tsx src/main.ts" } })
   */
  run: optional(commandLine("tsx src/main.ts")),

  /**
   * Folders, relative to the stack file, whose changes restart it, besides the folder that its image is built from.
   *
   * @default none
   * @example s.service("vote", { image: build("./vote"), watch: { also: ["./ballots"] } })
   */
  also: withDefault(folders('["./shared"]'), []),
};

/** How it is asked whether it is well. */
export const HEALTH = {
  /**
   * Path that answers 200 when it can do its work, and 503 with a reason when it cannot. What uses it starts after its first 200.
   *
   * @default "/healthz"
   * @example s.service("shop", { image: "shop:3", port: 80, health: { ready: "/readyz", live: "/livez" } })
   */
  ready: optional(urlPath("/readyz")),

  /**
   * Path that answers 503 only where a restart would help: not when something that it uses is away. Swarm kills what is not healthy and
   * so has the HEALTHCHECK of a Dockerfile ask it, by the variable HEALTH_PATH.
   *
   * @default the path of `ready`
   * @example s.service("shop", { image: "shop:3", port: 80, health: { ready: "/readyz", live: "/livez" } })
   */
  live: optional(urlPath("/livez")),

  /**
   * What asks for its health inside its container: exit code 0 means healthy. No shell runs it: text is split on spaces, and quotes
   * keep a part together.
   *
   * @default none: the HEALTHCHECK of its Dockerfile or image
   * @example s.service("mail", { image: "axllent/mailpit:v1.20", port: 8025, health: { command: "/mailpit readyz" } })
   */
  command: optional(commandLine("/mailpit readyz")),
};

/** How it is asked whether it is well, as the definition holds it. */
export interface HealthDefinition {
  readonly ready: string;
  readonly live: string;
  readonly command: readonly string[] | null;
}

const HEALTHY: HealthDefinition = { ready: "/healthz", live: "/healthz", command: null };

const health: Kind<HealthDefinition, string | OptionsOf<typeof HEALTH>> = {
  allowed: urlPath("/healthz").allowed,
  example: urlPath("/healthz").example,
  parse: (value, place) => {
    if (typeof value !== "object" || value === null) {
      const path = urlPath("/healthz").parse(value, place);
      return path === undefined ? undefined : { ready: path, live: path, command: null };
    }
    const { ready, live, command } = readShape(HEALTH, value, place);
    return { ready: ready ?? HEALTHY.ready, live: live ?? ready ?? HEALTHY.live, command };
  },
};

const watch: Kind<DefinitionOf<typeof WATCH>, OptionsOf<typeof WATCH>> = {
  allowed: "options",
  example: '{ run: "tsx src/main.ts" }',
  parse: (value, place) => readShape(WATCH, value, place),
};

/** Alias -> name of the component. */
const uses: Kind<Readonly<Record<string, string>>, Readonly<Record<string, LinkTarget>>> = {
  allowed: "links",
  example: "{ queue: redis }",
  parse: (value, place) => {
    const links = entriesOf(value, place, "links").flatMap(([alias, target]) => {
      const name = reference.link.parse(target, { ...place, at: `${place.at}.${alias}` });
      return name === undefined || name === UNREADABLE ? [] : [[alias, name]];
    });
    return Object.fromEntries(links);
  },
};

/** Text, a secret of the stack by name, or the page of a public service by its name. */
export type EnvInput = string | { readonly secret: string } | { readonly page: string };

/** Variables by name. */
export const variables: Kind<Readonly<Record<string, EnvInput>>, Variables> = {
  allowed: "variables",
  example: '{ OPTION_A: "Cats" }',
  parse: (value, place) => {
    const read = entriesOf(value, place, "variables").flatMap(([name, written]) => {
      const input = envInputOf(written);
      if (input !== null) return [[name, input]];
      place.reading.report({
        at: `${place.at}.${name}`,
        code: "OPTION_INVALID",
        message: `the value of ${name} is neither text nor a secret nor a page`,
        found: show(written),
        allowed: "text, a secret of the stack, or the page of a public service",
        fix: ["number", "boolean"].includes(typeof written)
          ? `write it in quotes: "${written}"`
          : 'write text in quotes, or s.secret("name")',
      });
      return [];
    });
    return Object.fromEntries(read);
  },
};

function envInputOf(value: unknown): EnvInput | null {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  if ("secret" in value && typeof value.secret === "string") return { secret: value.secret };
  if ("page" in value && typeof value.page === "string") return { page: value.page };
  return null;
}

/** A program of your own, in any language. It needs an `image`, or `local`, or both. */
export const SERVICE = {
  /**
   * What its container runs: a ready image by its name, or one that is built from a folder with a Dockerfile.
   *
   * @default none: it runs without a container only
   * @example s.service("vote", { image: build("./vote") })
   * @example s.service("mail", { image: "axllent/mailpit:v1.20", port: 8025 })
   */
  image: optional(image, UNREADABLE),

  /**
   * How to run it on this machine without a container, in the folder that its image is built from (else: the folder of the stack
   * file). No shell runs it: text is split on spaces, and quotes keep a part together.
   *
   * @default none: it runs in containers only
   * @example s.service("vote", { local: "node dist/main.js" })
   * @example s.service("vote", { local: ["node", "dist/main.js", "--title", "Cats or dogs"] })
   */
  local: optional(commandLine("node dist/main.js"), []),

  /**
   * How it runs under `groundplan up --watch`.
   *
   * @default as `local`, restarted when its folder changes
   * @example s.service("vote", { local: "node dist/main.js", watch: { run: "tsx src/main.ts", also: ["./ballots"] } })
   */
  watch: withDefault(watch, { run: null, also: [] }),

  /**
   * The port that it listens on. It learns it from the variable `PORT`: on a laptop that may be another one.
   *
   * @default none: it listens nowhere, and no link may lead to it
   * @example s.service("vote", { image: build("./vote"), port: 80 })   // PORT=80
   */
  port: optional(portNumber(8000), Number.NaN),

  /**
   * Whether it can be reached from outside the stack. It needs a `port` and a host in the public subnet.
   *
   * @default false
   * @example s.service("vote", { image: build("./vote"), port: 80, public: true })   // rule: 80 from 0.0.0.0/0, "vote app"
   */
  public: withDefault(flag, false),

  /**
   * The components that it connects to, each under a name of your choice. One link gives, on every target, the
   * address in its environment, the start order and the one network rule that lets it through.
   *
   * The name makes the variables: `queue` gives `QUEUE_URL`, `QUEUE_HOST` and `QUEUE_PORT`; PostgreSQL gives
   * `_USER`, `_PASSWORD` and `_NAME` too.
   *
   * @default none
   * @example s.service("worker", { image: build("./worker"), uses: { queue: redis, db } })   // QUEUE_URL=redis://redis:6379
   */
  uses: withDefault(uses, {}),

  /**
   * Its own variables: text, a secret from `s.secret`, or the page of a public service.
   *
   * @default none
   * @example s.service("vote", { image: build("./vote"), env: { OPTION_A: "Cats", VOTER_KEY: s.secret("voter-key") } })
   */
  env: withDefault(variables, {}),

  /**
   * Path that answers 200 when it can do its work, and 503 with a reason when it cannot; or, in braces, a path for each question.
   * What uses it starts after its first 200. A service without a port has none: it counts as healthy while it runs.
   *
   * @default "/healthz"
   * @example s.service("shop", { image: "shop:3", port: 80, health: "/up" })
   * @example s.service("shop", { image: "shop:3", port: 80, health: { ready: "/readyz", live: "/livez" } })
   */
  health: withDefault(health, HEALTHY),

  /**
   * Path of its Prometheus text, which `s.monitoring` reads; `false`: it has none.
   *
   * @default none; "/metrics" where `s.pipeline` names one of its metrics
   * @example s.service("vote", { image: build("./vote"), port: 80, metrics: "/metrics" })
   */
  metrics: optional(urlPathOrFalse("/metrics")),

  /**
   * How many copies of it run under Swarm, from 1 to 100. On a laptop and with Compose it is one.
   *
   * @default 1
   * @example s.service("worker", { image: build("./worker"), replicas: 2 })
   */
  replicas: withDefault(wholeNumber(1, 100, 2), 1),

  /**
   * Whether its container is locked down: a read-only file system but for /tmp, no Linux capabilities, no way to gain
   * privileges. Most public images need some of these to start.
   *
   * @default true for an image that is built here, false for a ready one
   * @example s.service("reports", { image: build("./reports"), hardened: false })   // it writes into its own folder
   */
  hardened: optional(flag),

  /**
   * Whether it may open connections that leave the stack: to an API, to a mail server. To answer from outside, `public` is enough.
   *
   * @default false
   * @example s.service("mailer", { image: build("./mailer"), internet: true })
   */
  internet: withDefault(flag, false),

  /**
   * How long it may take to end after SIGTERM, in seconds, from 1 to 3600; then it is killed.
   *
   * @default 30 in a container, 10 on this machine
   * @example s.service("worker", { image: build("./worker"), stopSeconds: 90 })   // it finishes its batch
   */
  stopSeconds: optional(wholeNumber(1, 3_600, 60)),

  /**
   * Most memory that each copy of it may take in a container, in MiB: a service that takes more is ended and started again.
   *
   * @default 256
   * @example s.service("search", { image: "getmeili/meilisearch:v1.15", port: 7700, memoryMb: 2048 })
   */
  memoryMb: withDefault(memory(256), 256),
};

/** A program of your own, in any language. It needs an `image`, or `local`, or both. */
export interface ServiceOptions extends OptionsOf<typeof SERVICE> {}

/** What only a service with a port may say. The compiler learns from it what the handle offers. */
export type ServicePort<Port, Public> = { readonly [K in "port"]?: Port } & {
  readonly [K in "public"]?: [Port] extends [number] ? Public : false;
} & ([Port] extends [number] ? Pick<ServiceOptions, "health" | "metrics"> : WithoutPort);

type WithoutPort = { readonly [K in "health"]?: HealthCommand } & { readonly [K in "metrics"]?: false };

/** A service without a port answers no question, but its container may ask it one. */
type HealthCommand = Required<Pick<OptionsOf<typeof HEALTH>, "command">> & { readonly [K in "ready" | "live"]?: never };

/** What is known once the options were read, by what was written: whether it is hardened. */
interface Service extends Omit<DefinitionOf<typeof SERVICE>, "hardened">, NonNull<Pick<DefinitionOf<typeof SERVICE>, "hardened">> {
  readonly kind: "service";
  /** A DNS label: every target uses it as a host name, a container name or a resource name. */
  readonly name: string;
}

type NonNull<T> = { readonly [K in keyof T]: NonNullable<T[K]> };
type WithoutFalse<T> = { readonly [K in keyof T]: Exclude<T[K], false> };

/** A service that may still get variables, and whose metrics may still be asked for. */
export interface ServiceDraft extends Service {}

/** A program of the author's own. The options are as they were written, with their defaults; `metrics` is `null` where it has none. */
export interface ServiceDefinition extends Omit<Service, "metrics">, WithoutFalse<Pick<Service, "metrics">> {}

export function readService(name: string, value: unknown, place: Place): ServiceDraft {
  const options = inNewWords(value, place);
  const read = readShape(SERVICE, options, place);
  if (read.port === null) for (const key of ["health", "metrics"] as const) needsPort(key, options, place);
  return { kind: "service", name, ...read, hardened: read.hardened ?? buildOf(read) !== null };
}

function needsPort(key: "health" | "metrics", options: unknown, { at, reading }: Place): void {
  const value: unknown = new Map(Object.entries(options ?? {})).get(key);
  const asks = typeof value === "string" || (typeof value === "object" && value !== null && ("ready" in value || "live" in value));
  if (!asks) return;
  reading.report({
    at: `${at}.${key}`,
    code: "OPTION_INVALID",
    message: `${key} needs a port to be asked on`,
    found: `${show(value)} and no port`,
    allowed: `${key} together with port`,
    fix: `add the port that it listens on, for example port: 8000, or remove ${key}`,
  });
}
