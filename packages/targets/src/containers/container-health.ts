import { buildOf, type PlannedComponent } from "@groundplan/model";

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
/** Asked more often, since others wait for them and the question is cheap; patient, since one that recovers reads all of its log first. */
const DATABASE_TIMES = { intervalSeconds: 2, timeoutSeconds: 5, retries: 5, startPeriodSeconds: 300 };

/** How an engine asks a container for its health; `null`: nothing tells, so nobody can wait for it to be healthy. */
export function containerHealth({ port, health, source }: PlannedComponent): ContainerHealth | null {
  switch (source.kind) {
    case "redis":
      // redis-cli ends with 0 whatever the server answers, for example that it is still loading.
      return { test: ["CMD-SHELL", `redis-cli -p ${port} ping | grep -q PONG`], ...DATABASE_TIMES };
    case "postgres": {
      // Over TCP: the server that initialises the data listens on a socket file only, and must not count.
      const test = ["CMD", "pg_isready", "--quiet", "--host=127.0.0.1", `--port=${port}`];
      return { test: [...test, `--username=${source.user}`, `--dbname=${source.database}`], ...DATABASE_TIMES };
    }
    case "service":
      if (source.health.command !== null) return { test: ["CMD", ...source.health.command], ...SERVICE_TIMES };
      return buildOf(source) !== null && health.kind === "http" ? { test: null, ...SERVICE_TIMES } : null;
  }
}
