import { connectClient, openReader } from "@voting/ballots";
import { pino } from "pino";
import { Registry } from "prom-client";
import { systemClock } from "../../src/clock.js";
import { CountingLoop } from "../../src/counting-loop.js";
import { createMetrics } from "../../src/metrics.js";

const ignore = (): void => undefined;

export interface RunningWorker {
  readonly loop: CountingLoop;
  /** Why it does not count; `null` when it does. */
  trouble(): string | null;
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

export interface WorkerWishes {
  readonly queueUrl: string;
  readonly databaseUrl: string;
  readonly retention?: { readonly ms: number; readonly ballots: number };
}

/** The real counting loop on real time, in this process. */
export function runWorker({ queueUrl, databaseUrl, retention }: WorkerWishes): RunningWorker {
  const reader = openReader(queueUrl, ignore, retention);
  const leftovers = reader.kind === "redis" ? openReader(databaseUrl, ignore) : null;
  const registry = new Registry();
  const loop = new CountingLoop({
    reader,
    ...(leftovers !== null && { leftovers }),
    connect: (onEnd) => connectClient(databaseUrl, onEnd),
    options: new Set(["a", "b"]),
    metrics: createMetrics(registry, reader, ignore),
    log: pino({ level: process.env.LOG_LEVEL ?? "silent" }),
    clock: systemClock,
  });
  loop.start();
  return {
    loop,
    trouble() {
      try {
        loop.check();
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    },
    async metric(name) {
      return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(await registry.metrics())?.[1]);
    },
    async stop() {
      await loop.stop();
      await reader.close();
      await leftovers?.close();
    },
  };
}
