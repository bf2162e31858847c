import type { EnvPiece, HealthCheck } from "@groundplan/model";
import type { GeneratedFile } from "../target.js";

/**
 * A container, whatever runs it. It is made once, of a component, a program of monitoring or a proxy; Compose, Swarm and `docker run`
 * only print it. What is special about one of them is said here, and no printer asks for a name.
 */
export interface Container {
  /** Unique in the stack, but for the node exporter of monitoring: each host has one. */
  readonly name: string;
  readonly role: "service" | "database" | "monitoring" | "proxy";
  /** The host of the stack that it runs on. Compose and Swarm have places of their own. */
  readonly host: string;
  /** What a reader of the files should know of it, in lines; "": nothing. */
  readonly about: string;
  readonly image: ContainerImage;
  /** After the image's own entrypoint; empty: as the image says. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, ContainerText>>;
  /** What it is asked at; `null`: it has no port of its own. */
  readonly port: number | null;
  /** The ports that others than itself open. */
  readonly ports: readonly ContainerPort[];
  /** Whether it opens connections to the world. */
  readonly outbound: boolean;
  /** What it opens connections to: names that it knows, and the host that answers to each. */
  readonly opens: readonly OpenedName[];
  /** Names of the containers that must be healthy before it starts. */
  readonly after: readonly string[];
  readonly volumes: readonly Volume[];
  /** Generated files that it reads, each with its path in the container. They lie in its volumes of the kind "files". */
  readonly files: readonly MountedFile[];
  /** Files that it reads and that the user writes, since nobody else knows what is in them. */
  readonly userFiles: readonly UserFile[];
  /** Folders in memory. */
  readonly writable: readonly string[];
  /** How it is asked for its health from inside; `null`: nothing tells, so nobody can wait for it to be healthy. */
  readonly health: ContainerHealth | null;
  /** How it is asked from outside. */
  readonly check: HealthCheck;
  /** Most memory that each copy may take, in MiB. */
  readonly memoryMb: number;
  /** Memory that its processes share with each other, in MiB; `null`: the engine's own 64. */
  readonly sharedMemoryMb: number | null;
  /** Longest that it may take to end. */
  readonly stopSeconds: number;
  /**
   * - "all": it can write to `writable` and its volumes only, and has no capabilities but `capabilities`
   * - "no-new": it may not become more than it is
   * - "none": as the engine has it
   */
  readonly hardening: "all" | "no-new" | "none";
  /** Capabilities that it keeps where all others are taken from it. */
  readonly capabilities: readonly string[];
  /** Whether a process of the engine's comes first, which reaps orphans and passes signals on. */
  readonly init: boolean;
  readonly copies: number;
  /** It tells of the machine: there is one on each, and it sees the machine's processes. */
  readonly seesHost: boolean;
  /** "host": its connections leave as the machine's own, with the machine's role. Compose and Swarm give each a network of its own. */
  readonly network: "own" | "host";
  /** What makes it another container when it changes, besides all of the above. */
  readonly labels: Readonly<Record<string, ContainerText>>;
}

export type ContainerImage =
  | { readonly kind: "ready"; readonly reference: string }
  /** Built from a folder of the stack. `prepare`: the command that makes ready what its Dockerfile copies. */
  | { readonly kind: "built"; readonly folder: string; readonly prepare: readonly string[] | null };

/** Text with parts that only what runs the container can say. */
export type ContainerText = readonly (EnvPiece | HostPiece)[];

/** Parts that only hosts know: Compose and Swarm have neither. */
export type HostPiece =
  /** The address of a host of the stack inside its network. */
  | { readonly kind: "address"; readonly host: string }
  /** An output of what made the hosts. */
  | { readonly kind: "output"; readonly name: string };

export interface ContainerPort {
  readonly inside: number;
  /** On the machine, unless the user says otherwise. */
  readonly outside: number;
  /** Who opens it: users of a public service, operators of the stack, or nobody but other containers of it. */
  readonly for: "users" | "operators" | "stack";
}

export interface OpenedName {
  readonly name: string;
  readonly host: string;
}

export interface Volume {
  /**
   * - "data": a volume of the name `source`, which is kept
   * - "files": the folder `source` of the generated files
   * - "host": the folder `source` of the host
   */
  readonly kind: "data" | "files" | "host";
  readonly source: string;
  /** In the container. */
  readonly target: string;
  readonly readOnly: boolean;
  /** Its data must outlive the machine, where machines come and go: of databases, and certificates. */
  readonly outlivesMachine: boolean;
}

/** A generated file, with its path in the container. */
export interface MountedFile extends GeneratedFile {
  readonly target: string;
}

export interface UserFile {
  /** Beside the generated files. */
  readonly path: string;
  /** In the container. */
  readonly target: string;
}

export interface ContainerHealth {
  /** Program and arguments, or ["CMD-SHELL", line]; `null`: the HEALTHCHECK of its Dockerfile. */
  readonly test: readonly string[] | null;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  /** Until then a failure does not count. It costs nothing: the first success ends it. */
  readonly startPeriodSeconds: number;
}

/** Of programs that answer at once when they can do their work. */
export const SERVICE_TIMES = { intervalSeconds: 5, timeoutSeconds: 5, retries: 3, startPeriodSeconds: 60 };

/** Processes and threads, more than any container needs; a fork bomb ends here. */
export const MOST_PROCESSES = 512;

/** Log files that cannot fill the disk. */
export const LOG_LIMITS = { "max-size": "10m", "max-file": "3" };

/** What most containers are: makers say what is different. */
export const PLAIN = {
  about: "",
  command: [],
  env: {},
  ports: [],
  outbound: false,
  opens: [],
  after: [],
  volumes: [],
  files: [],
  userFiles: [],
  writable: ["/tmp"],
  sharedMemoryMb: null,
  /** It finishes what it has begun to answer. */
  stopSeconds: 30,
  hardening: "all",
  capabilities: [],
  init: false,
  copies: 1,
  seesHost: false,
  network: "own",
  labels: {},
} as const;

/** Whether people open a port of it: users, or operators. */
export function isOpenToPeople({ ports }: Container): boolean {
  return ports.some((port) => port.for !== "stack");
}

export function dataVolumes({ volumes }: Container): readonly Volume[] {
  return volumes.filter(({ kind }) => kind === "data");
}

export function hasSecrets({ env }: Container): boolean {
  return Object.values(env).some((value) => value.some(({ kind }) => kind === "secret"));
}
