import { type EnvInput, type ServiceDefinition, UNREADABLE } from "../definition.js";
import { show } from "../show.js";
import { type ComponentReference, readComponentReference } from "./handle.js";
import { entriesOf, OptionReader, type Report } from "./option-reader.js";
import { command, flag, folder, folders, memory, portNumber, text, urlPath, urlPathOrFalse, wholeNumber } from "./value-kind.js";

/** A program of your own, in any language. It needs one of `build`, `image` and `command`. */
export interface ServiceOptions {
  /**
   * Folder with the Dockerfile and the program, relative to the stack file.
   *
   * @default none: `image` or `command` says what runs
   * @example s.service("vote", { build: "./vote" })
   */
  readonly build?: string;

  /**
   * A ready image, instead of `build`.
   *
   * @default none
   * @example s.service("mail", { image: "axllent/mailpit:v1.20", port: 8025 })
   */
  readonly image?: string;

  /**
   * What makes ready what the Dockerfile copies, for example a bundle: run in the folder `build` before its image is built.
   * No shell runs it, as with `command`.
   *
   * @default none: the Dockerfile needs nothing but what lies in the folder
   * @example s.service("vote", { build: "./vote", prepare: "npm run bundle" })
   */
  readonly prepare?: string | readonly string[];

  /**
   * How to run it without a container, in the folder `build` (without one: the folder of the stack file).
   * No shell runs it: text is split on spaces, and quotes keep a part together.
   *
   * @default none: it runs in containers only
   * @example s.service("vote", { command: "node dist/main.js" })
   * @example s.service("vote", { command: ["node", "dist/main.js", "--title", "Cats or dogs"] })
   */
  readonly command?: string | readonly string[];

  /**
   * What runs under `groundplan up --watch` in place of `command`.
   *
   * @default `command`
   * @example s.service("vote", { command: "node dist/main.js", dev: "tsx src/main.ts" })
   */
  readonly dev?: string | readonly string[];

  /**
   * Folders, relative to the stack file, whose changes restart it under `groundplan up --watch`, besides `build`.
   *
   * @default none
   * @example s.service("vote", { build: "./vote", watch: ["./ballots"] })
   */
  readonly watch?: readonly string[];

  /**
   * The port that it listens on. It learns it from the variable `PORT`: on a laptop that may be another one.
   *
   * @default none: it listens nowhere, and no link may lead to it
   * @example s.service("vote", { build: "./vote", port: 80 })   // PORT=80
   */
  readonly port?: number;

  /**
   * Whether it can be reached from outside the stack. It needs a `port` and a host in the public subnet.
   *
   * @default false
   * @example s.service("vote", { build: "./vote", port: 80, public: true })   // rule: 80 from 0.0.0.0/0, "vote app"
   */
  readonly public?: boolean;

  /**
   * The components that it connects to, each under a name of your choice. One link gives, on every target, the
   * address in its environment, the start order and the one network rule that lets it through.
   *
   * The name makes the variables: `queue` gives `QUEUE_URL`, `QUEUE_HOST` and `QUEUE_PORT`; PostgreSQL gives
   * `_USER`, `_PASSWORD` and `_NAME` too. A component may be given by its name in quotes, before its declaration.
   *
   * @default none
   * @example s.service("worker", { build: "./worker", uses: { queue: redis, db } })   // QUEUE_URL=redis://redis:6379
   */
  readonly uses?: Readonly<Record<string, ComponentReference>>;

  /**
   * Its own variables: text, or a secret from `s.secret`.
   *
   * @default none
   * @example s.service("vote", { build: "./vote", env: { OPTION_A: "Cats", VOTER_KEY: s.secret("voter-key") } })
   */
  readonly env?: Readonly<Record<string, EnvInput>>;

  /**
   * Path that answers 200 when it can do its work, and 503 with a reason when it cannot. What uses it starts after its
   * first 200. A service without a port has none: it counts as healthy while it runs.
   *
   * @default "/healthz"
   * @example s.service("shop", { image: "shop:3", port: 80, health: "/up" })
   */
  readonly health?: string;

  /**
   * What asks for its health inside its container: exit code 0 means healthy. No shell runs it, as with `command`.
   *
   * @default none: the HEALTHCHECK of its Dockerfile or image
   * @example s.service("mail", { image: "axllent/mailpit:v1.20", port: 8025, healthCommand: "/mailpit readyz" })
   * @example s.service("shop", { image: "shop:3", port: 80, healthCommand: ["sh", "-c", "wget -qO- http://127.0.0.1:80/up"] })
   */
  readonly healthCommand?: string | readonly string[];

  /**
   * Path of its Prometheus text; `false`: it has none.
   *
   * @default "/metrics" (a service without a port has none)
   * @example s.service("mail", { image: "axllent/mailpit:v1.20", port: 8025, metrics: false })
   */
  readonly metrics?: string | false;

  /**
   * How many copies of it run under Swarm, from 1 to 100. On a laptop and with Compose it is one.
   *
   * @default 1
   * @example s.service("worker", { build: "./worker", replicas: 2 })
   */
  readonly replicas?: number;

  /**
   * Whether its container is locked down: a read-only file system but for /tmp, no Linux capabilities, no way to gain
   * privileges. Most public images need some of these to start.
   *
   * @default true with `build`, false with `image`
   * @example s.service("reports", { build: "./reports", hardened: false })   // it writes into its own folder
   */
  readonly hardened?: boolean;

  /**
   * Whether it may open connections that leave the stack: to an API, to a mail server. To answer from outside, `public` is enough.
   *
   * @default false
   * @example s.service("mailer", { build: "./mailer", internet: true })
   */
  readonly internet?: boolean;

  /**
   * Most memory that each copy of it may take in a container, in MiB: a service that takes more is ended and started again.
   *
   * @default 256
   * @example s.service("search", { image: "getmeili/meilisearch:v1.15", port: 7700, memoryMb: 2048 })
   */
  readonly memoryMb?: number;
}

const OPTIONS: Readonly<Record<keyof ServiceOptions, true>> = {
  build: true,
  image: true,
  prepare: true,
  command: true,
  dev: true,
  watch: true,
  port: true,
  public: true,
  uses: true,
  env: true,
  health: true,
  healthCommand: true,
  metrics: true,
  replicas: true,
  hardened: true,
  internet: true,
  memoryMb: true,
};

export function readService(name: string, at: string, value: unknown, report: Report): ServiceDefinition {
  const options = new OptionReader(at, value, OPTIONS, report);
  const build = options.read("build", folder, null, UNREADABLE);
  const port = options.read("port", portNumber(8000), null, Number.NaN);
  if (!options.wrote("port")) {
    for (const key of ["health", "metrics"]) needsPort(options, key);
  }
  return {
    kind: "service",
    name,
    build,
    image: options.read("image", text('"nginx:1.27"'), null, UNREADABLE),
    prepare: options.read("prepare", command, null),
    command: options.read("command", command, null, []),
    dev: options.read("dev", command, null),
    watch: options.read("watch", folders, []),
    port,
    public: options.read("public", flag, false),
    uses: readUses(options),
    env: readEnv(options),
    health: options.read("health", urlPath("/healthz"), "/healthz"),
    healthCommand: options.read("healthCommand", command, null),
    metrics: options.read("metrics", urlPathOrFalse("/metrics"), port === null ? null : "/metrics"),
    replicas: options.read("replicas", wholeNumber(1, 100, 2), 1),
    hardened: options.read("hardened", flag, build !== null),
    internet: options.read("internet", flag, false),
    memoryMb: options.read("memoryMb", memory(256), 256),
  };
}

function needsPort(options: OptionReader, key: string): void {
  const value = options.raw(key);
  if (value === undefined || value === false) return;
  options.report({
    at: `${options.at}.${key}`,
    code: "OPTION_INVALID",
    message: `${key} needs a port to be asked on`,
    found: `${show(value)} and no port`,
    allowed: `${key} together with port`,
    fix: `add the port that it listens on, for example port: 8000, or remove ${key}`,
  });
}

function readUses(options: OptionReader): Readonly<Record<string, string>> {
  const at = `${options.at}.uses`;
  const links = entriesOf(at, options.raw("uses"), "links", options.report).flatMap(([alias, value]) => {
    const target = readComponentReference(value, `${at}.${alias}`, options.report);
    return target === UNREADABLE ? [] : [[alias, target]];
  });
  return Object.fromEntries(links);
}

function readEnv(options: OptionReader): Readonly<Record<string, EnvInput>> {
  const at = `${options.at}.env`;
  const variables = entriesOf(at, options.raw("env"), "variables", options.report).flatMap(([name, value]) => {
    const input = envInputOf(value);
    if (input !== null) return [[name, input]];
    options.report({
      at: `${at}.${name}`,
      code: "OPTION_INVALID",
      message: `the value of ${name} is neither text nor a secret`,
      found: show(value),
      allowed: "text, or a secret of the stack",
      fix: ["number", "boolean"].includes(typeof value) ? `write it in quotes: "${value}"` : `write text in quotes, or s.secret("name")`,
    });
    return [];
  });
  return Object.fromEntries(variables);
}

function envInputOf(value: unknown): EnvInput | null {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  if ("secret" in value && typeof value.secret === "string") return { secret: value.secret };
  if ("page" in value && typeof value.page === "string") return { page: value.page };
  return null;
}
