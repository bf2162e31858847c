import type { ProgramRunner } from "@groundplan/programs";
import { inspectContainers, listContainers } from "./engine.js";

/** What matters of a container, out of `docker inspect`. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** The service that it is a copy of, as Compose or Swarm labels it. */
  readonly service: string;
  /** As it was given, for example "voting/vote:latest". */
  readonly imageName: string;
  readonly imageId: string;
  readonly status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  /** `null`: it has no health check. */
  readonly health: "starting" | "healthy" | "unhealthy" | null;
  /** What the last health checks printed, oldest first. */
  readonly healthLog: readonly string[];
  /** How its last run ended; 0 while it runs. */
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  readonly restarts: number;
  /** Why the engine could not start it; empty: it could. */
  readonly error: string;
  /** When it was started last; `null`: never. */
  readonly startedAt: string | null;
  readonly ports: readonly PublishedPort[];
}

export interface PublishedPort {
  /** Inside. */
  readonly port: number;
  /** Where it is reached from this machine, for example "127.0.0.1:8080". */
  readonly address: string;
}

/** The shape of `docker inspect`, as far as it is read (https://docs.docker.com/reference/api/engine/). */
interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly RestartCount?: number;
  readonly State: {
    readonly Status: Container["status"];
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string; readonly Log?: readonly { readonly Output: string }[] | null };
  };
  readonly Config: { readonly Image: string; readonly Labels?: Readonly<Record<string, string>> | null };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>> | null;
  };
}

const NEVER = "0001-01-01T00:00:00Z";

/** Reads what `docker inspect` prints for containers: sorted by service and name. */
export function parseContainers(json: string): readonly Container[] {
  const found: readonly Inspected[] = JSON.parse(json);
  return found.map(containerOf).sort((a, b) => compare(a.service, b.service) || compare(a.name, b.name));
}

function containerOf({ Id, Name, Image, RestartCount, State, Config, NetworkSettings }: Inspected): Container {
  return {
    id: Id,
    name: Name.replace(/^\//, ""),
    service: serviceOf(Config.Labels ?? {}),
    imageName: Config.Image,
    imageId: Image,
    status: State.Status,
    health: healthOf(State.Health?.Status),
    healthLog: (State.Health?.Log ?? []).map((entry) => entry.Output.trim()).filter((text) => text !== ""),
    exitCode: State.ExitCode,
    outOfMemory: State.OOMKilled,
    restarts: RestartCount ?? 0,
    error: State.Error,
    startedAt: State.StartedAt === NEVER ? null : State.StartedAt,
    ports: Object.entries(NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) =>
      // A port published on all addresses has a binding for IPv4 and one for IPv6.
      (bindings ?? [])
        .slice(0, 1)
        .map(({ HostIp, HostPort }) => ({ port: Number.parseInt(port, 10), address: `${hostOf(HostIp)}:${HostPort}` })),
    ),
  };
}

function serviceOf(labels: Readonly<Record<string, string>>): string {
  const inSwarm = labels["com.docker.swarm.service.name"]?.slice((labels["com.docker.stack.namespace"] ?? "").length + 1);
  return labels["com.docker.compose.service"] ?? inSwarm ?? "";
}

function healthOf(status: string | undefined): Container["health"] {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : null;
}

function hostOf(ip: string): string {
  if (ip === "" || ip === "0.0.0.0" || ip === "::") return "127.0.0.1";
  return ip.includes(":") ? `[${ip}]` : ip;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** It runs, and its health check, if it has one, says that it can do its work. */
export function isReady(container: Container): boolean {
  return container.status === "running" && (container.health === null || container.health === "healthy");
}

/** Where a service's port is reached from this machine; `null`: nowhere. */
export function publishedAddress(service: string, port: number, containers: readonly Container[]): string | null {
  const published = containers.filter((container) => container.service === service).flatMap(({ ports }) => ports);
  return published.find((candidate) => candidate.port === port)?.address ?? null;
}

/** In one or two words. */
export function describeState({ status, health, exitCode }: Container): string {
  if (status === "running") return health === null ? "runs" : health === "starting" ? "runs, health not known yet" : health;
  if (status === "exited" || status === "restarting") return `${status === "exited" ? "exited" : "restarts"} (exit code ${exitCode})`;
  return status;
}

/** The containers with these labels, as they are now. `quiet`: as for the runner. */
export async function lookAtContainers(runner: ProgramRunner, labels: readonly string[], quiet: boolean): Promise<readonly Container[]> {
  const listed = await runner.run(listContainers(labels), { quiet });
  const ids = listed.stdout.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return [];
  // One that was removed meanwhile makes it fail, and the others are printed all the same.
  const { stdout } = await runner.run(inspectContainers(ids), { quiet });
  return stdout.startsWith("[") ? parseContainers(stdout) : [];
}
