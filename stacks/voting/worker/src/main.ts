import { openReader, optionsFrom, requireEnv, runService } from "@voting/ballots";
import { CountingLoop } from "./counting-loop.js";
import { createMetrics } from "./metrics.js";

await runService("worker", 8000, (context) => {
  const reader = openReader(requireEnv("QUEUE_URL"), context.onOutage);
  const loop = new CountingLoop({
    reader,
    databaseUrl: requireEnv("DB_URL"),
    options: new Set(optionsFrom(process.env).map((option) => option.id)),
    metrics: createMetrics(context.registry, reader, context.onOutage),
    log: context.log,
  });
  loop.start();
  return {
    check: async () => loop.check(),
    close: async () => {
      await loop.stop();
      await reader.close();
    },
  };
});
