import { connectClient, openReader, optionsFrom, requireEnv, retentionFrom, runService } from "@voting/ballots";
import { systemClock } from "./clock.js";
import { CountingLoop } from "./counting-loop.js";
import { createMetrics } from "./metrics.js";
import { runOperatorCommand } from "./operator-commands.js";

const words = process.argv.slice(2);
if (words.length > 0) process.exitCode = await runOperatorCommand(words);
else await count();

function count(): Promise<void> {
  return runService("worker", 8000, (context) => {
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
}
