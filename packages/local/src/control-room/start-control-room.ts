import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Plan, UserError } from "@groundplan/model";
import { GRAPH_STYLE, renderSvg } from "@groundplan/targets/graph";
import type { LogLine, RunningStack } from "../running-stack.js";
import { type LevelPoint, partReport, startLevelSampler, stateReport, watchAlerts } from "./reports.js";

export interface ControlRoom {
  /** For example http://127.0.0.1:8090 */
  readonly url: string;
  /** Ends open pages and stops looking at the stack, which runs on. */
  close(): Promise<void>;
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** On every answer. No inline script or style, no other site's frame, nothing left in a cache. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/**
 * The page is served as it is written, from the source folder. src/ and dist/ stand side by side and are
 * equally deep, so this one path is right from the compiled file as well; nothing is copied.
 */
const FOLDER = new URL("../../src/control-room/page/", import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
}

/** A JSON answer. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ACTIONS = ["stop", "kill", "restart"] as const;

/** Why a request is turned away. */
interface Refusal {
  readonly status: 403 | 421;
  readonly message: string;
}

/** The header that an action must carry: a page of another origin cannot add it without asking, and it is never allowed to. */
const ACTION_HEADER = "x-groundplan";

const OWN_HOST = /^(localhost|127\.0\.0\.1)(:\d{1,5})?$/i;

/** A burst would otherwise cost one event, one parse and one redraw a line in every open page. */
const SEND_EVERY_MS = 100;

/** The page shows no more than this; what would scroll away unseen is not sent. */
const MAX_LINES = 2_000;

interface LineBatch {
  add(line: LogLine): void;
  /** Hands on at once what waits. */
  flush(): void;
  stop(): void;
}

/** `GET /api/levels`: the pipeline's levels since this run began. */
export interface LevelsReport {
  readonly levels: readonly LevelReport[];
  /** First total minus last: what is still on its way. `null` until every level was seen once. */
  readonly lag: number | null;
  /** Oldest first, one a second. */
  readonly points: readonly LevelPoint[];
}

interface LevelReport {
  readonly name: string;
  readonly service: string;
  readonly metric: string;
  readonly total: number | null;
  /** Over the last 3 seconds. */
  readonly perSecond: number | null;
  /** Why it could not be read just now. */
  readonly missing: string | null;
}

/** Long enough to even out when in a second the counters are read, short enough to follow a load. */
const RATE_POINTS = 3;

/** Server-sent events to any number of open pages. */
interface EventStream {
  /** Starts to send to one more page, first of all its own `snapshot`. */
  open(response: ServerResponse, snapshot: unknown): void;
  /** Sends to every open page. */
  send(event: string, data: unknown): void;
  close(): void;
}

/** A page that lets this much pile up is cut off. It connects again, and a snapshot costs less than the arrears. */
const MAX_BYTES_BEHIND = 4_000_000;

/** How long a page waits before it connects again. */
const RETRY_MS = 1_000;

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

/** The lines that hold the text, in any case, in what was printed or in the part's name; of one part only if it is given. */
function filterLogs(lines: readonly LogLine[], wanted: { text?: string | null; from?: string | null }): readonly LogLine[] {
  const text = wanted.text?.toLowerCase() ?? "";
  return lines.filter(
    (line) => (wanted.from ? line.from === wanted.from : true) && `${line.from} ${line.text}`.toLowerCase().includes(text),
  );
}

/**
 * The page's file at a URL path, `null` if it has none. Only names that the folder holds are read, so no path leads out of it.
 * Read anew each time: whoever works on the page only reloads.
 */
function pageFile(path: string): PageFile | null {
  const name = path === "/" ? "index.html" : path.slice(1);
  const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (contentType === undefined || !readdirSync(FOLDER).includes(name)) return null;
  return { contentType, body: readFileSync(new URL(name, FOLDER)) };
}

/** `POST /api/parts/<name>/<action>`: answers when it is done, with the part's new state. A bug is thrown. */
async function takeAction(stack: RunningStack, name: string, action: string): Promise<Answer> {
  const known = stack.states().map((state) => state.name);
  if (!known.includes(name)) return problem(404, `The stack has no part "${name}" (parts: ${known.join(", ")}).`);
  const chosen = ACTIONS.find((candidate) => candidate === action);
  if (chosen === undefined) return problem(404, `There is no action "${action}" (actions: ${ACTIONS.join(", ")}).`);
  try {
    await stack[chosen](name);
  } catch (error) {
    if (error instanceof UserError) return problem(409, error.message);
    throw error;
  }
  const state = stack.states().find((candidate) => candidate.name === name);
  return { status: 200, body: { part: state === undefined ? null : partReport(stack, state) } };
}

function problem(status: number, message: string): Answer {
  return { status, body: { error: message } };
}

/**
 * The control room can kill processes and has no login, so it answers only to this machine's own pages and programs:
 * a foreign Host means DNS rebinding, a foreign origin means another page acts in the visitor's name.
 */
export function refusalOf(method: string, headers: IncomingHttpHeaders): Refusal | null {
  const host = headers.host ?? "";
  if (!OWN_HOST.test(host)) {
    return { status: 421, message: `The control room answers to localhost and 127.0.0.1 only, not to "${host}".` };
  }
  if (method === "GET" || method === "HEAD") return null;

  const site = headers["sec-fetch-site"];
  const foreignOrigin = headers.origin !== undefined && headers.origin !== `http://${host}`;
  if (foreignOrigin || (site !== undefined && site !== "same-origin" && site !== "none")) {
    return { status: 403, message: "Actions are taken from the control room's own page only, not from another site." };
  }
  if (headers[ACTION_HEADER] === undefined) {
    return { status: 403, message: `Actions need the header "${ACTION_HEADER}: 1".` };
  }
  return null;
}

/** Gathers lines and hands them on ten times a second. */
function batchLines(send: (lines: readonly LogLine[]) => void): LineBatch {
  let waiting: LogLine[] = [];
  let timer: NodeJS.Timeout | null = null;

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function flush(): void {
    stop();
    const lines = waiting.slice(-MAX_LINES);
    waiting = [];
    if (lines.length > 0) send(lines);
  }

  return {
    add(line) {
      waiting.push(line);
      timer ??= setTimeout(flush, SEND_EVERY_MS);
    },
    flush,
    stop,
  };
}

export function levelsReport(plan: Plan, points: readonly LevelPoint[]): LevelsReport {
  const newest = points.at(-1);
  const earlier = points.at(-1 - RATE_POINTS) ?? points[0];
  const levels = (plan.pipeline?.levels ?? []).map((level, index) => {
    const total = newest?.totals[index] ?? null;
    return { ...level, total, perSecond: perSecond(index, earlier, newest), missing: newest?.missing[index] ?? null };
  });
  const first = levels[0]?.total ?? null;
  const last = levels.at(-1)?.total ?? null;
  return { levels, lag: first === null || last === null ? null : first - last, points };
}

function perSecond(level: number, earlier: LevelPoint | undefined, newest: LevelPoint | undefined): number | null {
  const from = earlier?.totals[level] ?? null;
  const to = newest?.totals[level] ?? null;
  if (!earlier || !newest || from === null || to === null || newest.time <= earlier.time) return null;
  return (to - from) / ((newest.time - earlier.time) / 1_000);
}

function eventStream(): EventStream {
  const pages = new Set<ServerResponse>();

  return {
    open(response, snapshot) {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(`retry: ${RETRY_MS}\n${frame("snapshot", snapshot)}`);
      pages.add(response);
      response.on("close", () => pages.delete(response));
    },
    send(event, data) {
      if (pages.size === 0) return;
      const text = frame(event, data);
      for (const page of pages) {
        if (page.writableLength > MAX_BYTES_BEHIND) page.destroy();
        else page.write(text);
      }
    },
    close() {
      for (const page of pages) page.end();
      pages.clear();
    },
  };
}

function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
