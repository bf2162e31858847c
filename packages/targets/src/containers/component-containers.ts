import { buildOf, type Plan, type PlannedComponent, readyImageOf } from "@groundplan/model";
import { type Container, type ContainerHealth, type ContainerPort, PLAIN, SERVICE_TIMES, type Volume } from "./container.js";

export interface ComponentNeeds {
  /** The port of the machine that a public service is published at. Default: its own */
  readonly outside?: (service: string, port: number) => number;
  /** Whether a container that is found unhealthy is killed, so that it must be asked whether it is alive, not whether it is ready. */
  readonly killsUnhealthy?: boolean;
}

/** The components that an image can be had for, in start order. */
export function componentContainers(plan: Plan, needs: ComponentNeeds = {}): readonly Container[] {
  return plan.components.filter(hasImage).map((component) => componentContainer(component, plan, needs));
}

/** Services with a command only: they run on a laptop, and in no container. */
export function withoutImage({ components }: Plan): readonly string[] {
  return components.filter((component) => !hasImage(component)).map(({ name }) => name);
}

function hasImage({ source }: PlannedComponent): boolean {
  return source.image !== null;
}

function componentContainer(
  component: PlannedComponent,
  plan: Plan,
  { outside = (_, port) => port, killsUnhealthy = false }: ComponentNeeds,
): Container {
  const { name, host, port, after, env, health, memoryMb } = component;
  const opens = new Map(plan.links.filter(({ from }) => from === name).map(({ to, toHost }) => [to, toHost]));
  return {
    ...PLAIN,
    name,
    host,
    env: killsUnhealthy ? { ...askedForLife(component), ...env } : env,
    port,
    ports: portsOf(component, plan, outside),
    opens: [...opens].map(([to, toHost]) => ({ name: to, host: toHost })),
    after,
    check: health,
    memoryMb,
    ...particular(component),
  };
}

/** Has the HEALTHCHECK of a Dockerfile ask another path than it asks by itself. */
function askedForLife({ health, source }: PlannedComponent): Container["env"] {
  const asksItself = source.kind === "service" && buildOf(source) !== null && source.health.command === null;
  return asksItself && health.kind === "http" && health.live !== health.ready ? { HEALTH_PATH: text(health.live) } : {};
}

/** What is so for one kind of component only. */
function particular(component: PlannedComponent): Pick<Container, "role" | "image" | "health"> & Partial<Container> {
  const { name, port, memoryMb, health, source } = component;
  switch (source.kind) {
    case "service": {
      const { hardened, internet, replicas, stopSeconds } = source;
      const built = buildOf(source);
      const ask = source.health.command;
      const own = built !== null && health.kind === "http" ? { test: null, ...SERVICE_TIMES } : null;
      return {
        role: "service",
        image:
          built === null
            ? { kind: "ready", reference: readyImageOf(source) ?? "" }
            : { kind: "built", folder: built.build, prepare: built.before },
        health: ask === null ? own : { test: ["CMD", ...ask], ...SERVICE_TIMES },
        outbound: internet,
        hardening: hardened ? "all" : "none",
        init: true,
        copies: replicas,
        ...(stopSeconds === null ? {} : { stopSeconds }),
      };
    }
    case "redis":
      return {
        ...DATABASE,
        about: "An answered write is on the disk; when memory is full it refuses writes and drops nothing.",
        image: { kind: "ready", reference: source.image },
        command: redisCommand(port, memoryMb),
        volumes: [dataOf(name, "/data")],
        // redis-cli ends with 0 whatever the server answers, for example that it is still loading.
        health: { test: ["CMD-SHELL", `redis-cli -p ${port} ping | grep -q PONG`], ...DATABASE_TIMES },
      };
    case "postgres":
      return {
        ...DATABASE,
        image: { kind: "ready", reference: source.image },
        env: {
          POSTGRES_USER: text(source.user),
          POSTGRES_DB: text(source.database),
          // Said, since the default moved with version 18.
          PGDATA: text(POSTGRES_DATA),
          // For the server and for every program in the container.
          ...(port === 5432 ? {} : { PGPORT: text(String(port)) }),
          POSTGRES_PASSWORD: [{ kind: "secret", name: source.passwordSecret }],
        },
        volumes: [dataOf(name, POSTGRES_DATA)],
        health: { test: postgresReady(port, source), ...DATABASE_TIMES },
        // Docker's 64 are too few for larger queries.
        sharedMemoryMb: 128,
      };
  }
}

/** Asked more often, since others wait for them and the question is cheap; patient, since one that recovers reads all of its log first. */
const DATABASE_TIMES: Omit<ContainerHealth, "test"> = { intervalSeconds: 2, timeoutSeconds: 5, retries: 5, startPeriodSeconds: 300 };

const DATABASE = {
  role: "database",
  // Their images begin as root, to own their data; they need not become root again.
  hardening: "no-new",
  // They write everything out.
  stopSeconds: 60,
} as const;

const POSTGRES_DATA = "/var/lib/postgresql/data";

const text = (value: string) => [{ kind: "text", text: value } as const];

function dataOf(name: string, target: string): Volume {
  return { kind: "data", source: `${name}-data`, target, readOnly: false, outlivesMachine: true };
}

/** Over TCP: the server that initialises the data listens on a socket file only, and must not count. */
function postgresReady(port: number | null, { user, database }: { readonly user: string; readonly database: string }): readonly string[] {
  return ["CMD", "pg_isready", "--quiet", "--host=127.0.0.1", `--port=${port}`, `--username=${user}`, `--dbname=${database}`];
}

/** A Redis whose answered writes survive: each is in the append-only file, synced, before its answer. Full, it refuses writes and drops nothing. */
function redisCommand(port: number | null, memoryMb: number): readonly string[] {
  const settings = {
    port,
    // The network lets in nobody but its users; the protection would refuse these too.
    "protected-mode": "no",
    appendonly: "yes",
    appendfsync: "always",
    save: '""',
    // The rest is for the copy that it makes of itself while it writes its file anew.
    maxmemory: `${Math.floor(memoryMb * 0.6)}mb`,
    "maxmemory-policy": "noeviction",
  };
  return ["redis-server", ...Object.entries(settings).map(([name, value]) => `--${name} ${value}`)];
}

/** None where nobody but itself opens its port. */
function portsOf(
  { name, port, public: isPublic }: PlannedComponent,
  { links, scrapes }: Plan,
  outside: (service: string, port: number) => number,
): readonly ContainerPort[] {
  if (port === null) return [];
  if (isPublic) return [{ inside: port, outside: outside(name, port), for: "users" }];
  const isUsed = links.some(({ to }) => to === name) || scrapes.some(({ component, exporter }) => component === name && exporter === null);
  return isUsed ? [{ inside: port, outside: port, for: "stack" }] : [];
}
