import { connectClient, openReader, optionsFrom, requireEnv, retentionFrom, runService } from "@voting/ballots";
import { systemClock } from "./clock.js";
import { CountingLoop } from "./counting-loop.js";
import { createMetrics } from "./metrics.js";

await runService("worker", 8000, (context) => {
  const databaseUrl = requireEnv("DB_URL");
  const reader = openReader(requireEnv("QUEUE_URL"), context.onOutage, retentionFrom(process.env));
  // Where Redis was installed later, ballots may wait in the database's own queue.
  const leftovers = reader.kind === "redis" ? openReader(databaseUrl, context.onOutage) : null;
  const loop = new CountingLoop({
    reader,
    ...(leftovers !== null && { leftovers }),
    connect: (onEnd) => connectClient(databaseUrl, onEnd),
    options: new Set(optionsFrom(process.env).map((option) => option.id)),
    metrics: createMetrics(context.registry, reader, context.onOutage),
    log: context.log,
    clock: systemClock,
  });
  loop.start();
  return {
    check: async () => loop.check(),
    close: async () => {
      await loop.stop();
      await reader.close();
      await leftovers?.close();
    },
  };
});
