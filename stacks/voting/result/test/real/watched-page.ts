import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@groundplan/testing";
import Fastify, { type FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import { createViewerMetrics, Viewers, viewerStream } from "../../src/build-result.js";
import { StreamClient } from "./stream-client.js";

/** The event stream behind a server of its own. */
export interface WatchedPage {
  readonly app: FastifyInstance;
  readonly viewers: Viewers;
  readonly port: number;
  /** The server's ends of all connections. */
  readonly sockets: ReadonlySet<Socket>;
  /** Opens viewers, and waits until the server has them. */
  open(count: number): Promise<readonly StreamClient[]>;
  /** The value of a series, named as in Prometheus text; 0 when it is not there yet. */
  metric(series: string): Promise<number>;
}

export const resultsOf = (total: number, label = "Cats") => ({
  options: [{ id: "a", label, votes: total }],
  total,
  asOf: "2026-01-01T00:00:00.000Z",
});

/** Runs a test with a server (besides the stream it has `/slow`, answered a moment later), and closes it and the clients in the end. */
export async function withWatchedPage(
  options: { readonly limit?: number; readonly heartbeatMs?: number },
  body: (page: WatchedPage) => Promise<void>,
): Promise<void> {
  const registry = new Registry();
  const { limit = 1_000, heartbeatMs = 600_000 } = options;
  const viewers = new Viewers({ limit, heartbeatMs, metrics: createViewerMetrics(registry) });
  const app = Fastify({ forceCloseConnections: "idle" });
  const sockets = new Set<Socket>();
  app.server.on("connection", (socket) => sockets.add(socket));
  await app.register(viewerStream, { viewers });
  app.get("/slow", async () => {
    await sleep(20);
    return "done";
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const clients: StreamClient[] = [];
  const page: WatchedPage = {
    app,
    viewers,
    port,
    sockets,
    async open(count) {
      const opened = await Promise.all(Array.from({ length: count }, () => StreamClient.open(port)));
      clients.push(...opened);
      await until("every viewer has its head", () => opened.every(({ text }) => text.includes("retry: ")));
      return opened;
    },
    async metric(series) {
      const line = (await registry.metrics()).split("\n").find((candidate) => candidate.startsWith(`${series} `));
      return Number(line?.slice(series.length) ?? 0);
    },
  };
  try {
    await body(page);
  } finally {
    await app.close();
    for (const { socket } of clients) socket.destroy();
  }
}
