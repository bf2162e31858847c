import { type EnvInput, type ServiceDefinition, UNREADABLE } from "../definition.js";
import { show } from "../show.js";
import { type ComponentReference, readComponentReference } from "./handle.js";
import { entriesOf, OptionReader, type Report } from "./option-reader.js";
import { command, flag, folder, folders, portNumber, text, urlPath, urlPathOrFalse } from "./value-kind.js";

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
   * Path of its Prometheus text; `false`: it has none.
   *
   * @default "/metrics" (a service without a port has none)
   * @example s.service("mail", { image: "axllent/mailpit:v1.20", port: 8025, metrics: false })
   */
  readonly metrics?: string | false;
}

const OPTIONS: Readonly<Record<keyof ServiceOptions, true>> = {
  build: true,
  image: true,
  command: true,
  dev: true,
  watch: true,
  port: true,
  public: true,
  uses: true,
  env: true,
  health: true,
  metrics: true,
};

export function readService(name: string, at: string, value: unknown, report: Report): ServiceDefinition {
  const options = new OptionReader(at, value, OPTIONS, report);
  const port = options.read("port", portNumber(8000), null, Number.NaN);
  if (!options.wrote("port")) {
    for (const key of ["health", "metrics"]) needsPort(options, key);
  }
  return {
    kind: "service",
    name,
    build: options.read("build", folder, null, UNREADABLE),
    image: options.read("image", text('"nginx:1.27"'), null, UNREADABLE),
    command: options.read("command", command, null, []),
    dev: options.read("dev", command, null),
    watch: options.read("watch", folders, []),
    port,
    public: options.read("public", flag, false),
    uses: readUses(options),
    env: readEnv(options),
    health: options.read("health", urlPath("/healthz"), "/healthz"),
    metrics: options.read("metrics", urlPathOrFalse("/metrics"), port === null ? null : "/metrics"),
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
