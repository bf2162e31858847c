import type { EnvValue } from "@groundplan/model";

/** A container of monitoring, whatever runs it. */
export interface MonitoringContainer {
  /** Unique in the stack, but for the node exporter: each host has one. */
  readonly name: string;
  readonly host: string;
  readonly image: string;
  /** After the image's own entrypoint. */
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly port: number;
  /** Whether people open its port: Grafana's and Prometheus'. The others are for the stack only. */
  readonly public: boolean;
  readonly volumes: readonly MonitoringVolume[];
  /** Path that answers 200 over HTTP at its port when it works. */
  readonly health: string;
  /** The same as a program in the container. */
  readonly healthCommand: readonly string[];
  /** The component that it opens connections to; `null`: none. */
  readonly reads: string | null;
  /** It sees the processes, network and disks of its host: `--net=host --pid=host` and the host's root. */
  readonly seesHost: boolean;
  readonly memoryMb: number;
  /** User and group that the program of the image runs as: files it reads must be readable, folders it writes to writable for it. */
  readonly user: string;
}

export interface MonitoringVolume {
  /**
   * - "files": a folder or file of `renderMonitoring`, by its path in the output folder
   * - "data": a volume of that name, kept
   * - "host": a folder of the host
   */
  readonly kind: "files" | "data" | "host";
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** The user that most of these images run their program as. */
export const NOBODY = "65534:65534";

/** Busybox, which all of these images have. */
export function wget(port: number, path: string): readonly string[] {
  return ["wget", "--quiet", "--output-document=/dev/null", `http://127.0.0.1:${port}${path}`];
}

export const files = (source: string, target: string): MonitoringVolume => ({ kind: "files", source, target, readOnly: true });
export const data = (source: string, target: string): MonitoringVolume => ({ kind: "data", source, target, readOnly: false });
