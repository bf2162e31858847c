import type { HealthCheck } from "@groundplan/model";
import { type Container, type ContainerPlan, isOpenToPeople, type UserFile } from "@groundplan/targets";

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
  /** Whether it reads the metrics of all others. */
  readonly readsMetrics: boolean;
  /** Files that it reads and that only the user can write. */
  readonly userFiles: readonly UserFile[];
}

/** The components in start order, then monitoring. */
export function partsOf({ components, monitoring }: ContainerPlan): readonly DockerPart[] {
  return [
    ...components.map((container) => partOf(container, false)),
    ...monitoring.map((container) => partOf(container, container.asks === "everything")),
  ];
}

function partOf(container: Container, readsMetrics: boolean): DockerPart {
  const { name, role, after, port, check, memoryMb, image, userFiles } = container;
  return {
    name,
    after,
    port,
    public: isOpenToPeople(container),
    health: check,
    memoryMb,
    image: image.kind === "built" ? null : image.reference,
    isMonitoring: role === "monitoring",
    readsMetrics,
    userFiles,
  };
}
