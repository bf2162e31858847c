import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { GRAPH_STYLE, renderSvg } from "@groundplan/targets/graph";
import type { RunningStack } from "../running-stack.js";
import { watchAlerts } from "./alerts/alert-watcher.js";
import { batchLines } from "./batch-lines.js";
import { eventStream } from "./event-stream.js";
import { filterLogs } from "./filter-logs.js";
import { startLevelSampler } from "./levels/level-sampler.js";
import { levelsReport } from "./levels/levels-report.js";
import { pageFile } from "./page-files.js";
import { refusalOf } from "./request-guard.js";
import { SECURITY_HEADERS } from "./security-headers.js";
import { partReport, stateReport } from "./state-report.js";
import { type Answer, problem, takeAction } from "./take-action.js";

export interface ControlRoom {
  /** For example http://127.0.0.1:8090 */
  readonly url: string;
  /** Ends open pages and stops looking at the stack, which runs on. */
  close(): Promise<void>;
}

/**
 * Serves the stack's control room: one page that shows its parts, log and levels live and can stop, kill and restart parts,
 * and the same as JSON. For this machine only.
 *
 * @throws the server's error, for example EADDRINUSE when the port is taken. Port 0 asks the system for a free one.
 */
export async function startControlRoom(stack: RunningStack, options: { port: number; host: "127.0.0.1" }): Promise<ControlRoom> {
  const events = eventStream();
  const lines = batchLines((batch) => events.send("logs", batch));
  const sampler = startLevelSampler(stack, (point) => events.send("level", point));
  const alerts = watchAlerts(stack, (report) => events.send("alerts", report));
  const stopListening = [stack.onState((state) => events.send("part", partReport(stack, state))), stack.onLog((line) => lines.add(line))];

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else
        sendJson(response, problem(500, `The control room failed, this is a bug: ${error instanceof Error ? error.stack : String(error)}`));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const method = request.method ?? "GET";
    const refusal = refusalOf(method, request.headers);
    if (refusal !== null) return sendJson(response, problem(refusal.status, refusal.message));

    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const action = /^\/api\/parts\/([^/]+)\/([^/]+)$/.exec(pathname);
    if (action !== null) {
      if (method !== "POST") return sendJson(response, problem(405, "Actions are taken with POST."));
      return sendJson(response, await takeAction(stack, action[1] ?? "", action[2] ?? ""));
    }
    if (method !== "GET" && method !== "HEAD") return sendJson(response, problem(405, "Only actions are taken with POST; read with GET."));

    switch (pathname) {
      case "/api/state":
        return sendJson(response, { status: 200, body: stateReport(stack) });
      case "/api/levels":
        return sendJson(response, { status: 200, body: levelsReport(stack.plan, sampler.points()) });
      case "/api/alerts":
        return sendJson(response, { status: 200, body: alerts.report() });
      case "/api/logs": {
        const wanted = { text: searchParams.get("filter"), from: searchParams.get("from") };
        return sendJson(response, { status: 200, body: filterLogs(stack.logs(), wanted) });
      }
      case "/api/events":
        // What waits is part of the snapshot already: sent after it, the new page would show it twice.
        lines.flush();
        return events.open(response, {
          ...stateReport(stack),
          points: sampler.points(),
          alerts: alerts.report(),
          logs: stack.logs(),
        });
      case "/diagram.svg":
        return send(response, 200, "image/svg+xml", renderSvg(stack.plan));
      case "/diagram.css":
        return send(response, 200, "text/css; charset=utf-8", GRAPH_STYLE);
      default: {
        const file = pageFile(pathname);
        if (file === null) return sendJson(response, problem(404, `There is nothing at ${pathname}.`));
        return send(response, 200, file.contentType, file.body);
      }
    }
  }

  function stopWatching(): void {
    sampler.stop();
    alerts.stop();
    lines.stop();
    for (const stop of stopListening) stop();
  }

  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.port, options.host, resolve);
    });
  } catch (error) {
    stopWatching();
    throw error;
  }

  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close() {
      stopWatching();
      events.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.writeHead(status, { "content-type": contentType }).end(body);
}

function sendJson(response: ServerResponse, answer: Answer): void {
  send(response, answer.status, "application/json; charset=utf-8", JSON.stringify(answer.body));
}
