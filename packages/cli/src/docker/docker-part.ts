import { type HealthCheck, readyImageOf } from "@groundplan/model";
import type { ContainerPlan } from "@groundplan/targets";

/** What Docker runs of a project: a component of the stack, or a program of its monitoring. */
export interface DockerPart {
  readonly name: string;
  /** What must be healthy before it is started. */
  readonly after: readonly string[];
  readonly port: number | null;
  readonly public: boolean;
  readonly health: HealthCheck;
  readonly memoryMb: number;
  /** The ready image that it runs; `null`: its image is built here. */
  readonly image: string | null;
  readonly isMonitoring: boolean;
}

/** The components in start order, then monitoring. */
export function partsOf({ components, monitoring }: ContainerPlan): readonly DockerPart[] {
  const own = components.map(({ name, after, port, public: isPublic, health, memoryMb, source }): DockerPart => {
    const image = readyImageOf(source);
    return { name, after, port, public: isPublic, health, memoryMb, image, isMonitoring: false };
  });
  const others = monitoring.map(({ name, reads, port, public: isPublic, health: path, memoryMb, image }): DockerPart => {
    const health: HealthCheck = { kind: "http", port, ready: path, live: path };
    return { name, after: reads === null ? [] : [reads], port, public: isPublic, health, memoryMb, image, isMonitoring: true };
  });
  return [...own, ...others];
}
