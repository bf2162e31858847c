import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Files that a service needs besides its clients' connections: the stores, other requests, its own. */
const SPARE_FILES = 200;
/** How long what a refused client still sends is read and dropped: a connection closed at once might take the answer along. */
const LINGER_MS = 1_000;
/** So many refused clients are waited for; when even more come at once they are cut off. */
const MAX_LINGERING = 500;

/** A turn of the event loop that takes longer has more clients than can be answered in time. */
const BEHIND_MS = 250;
const TICK_MS = 50;
/** So few are served however long that takes: a slow turn is then no crowd's doing. */
const NO_CROWD = 200;

export interface ConnectionLimit {
  readonly limit: number;
  /** A sentence for the operator when it is lower than it was meant to be. */
  readonly warning: string | null;
}

/**
 * How many may be connected at once: the variable `name`, or fewer when the process may not open as many files.
 *
 * @param noun What is limited, as the warning calls it: "viewers"
 * @param openFiles See `openFilesLimit`
 * @throws Error A sentence for the operator, when the variable is no whole number above 0.
 */
export function connectionLimit(
  { name, noun, standard }: { readonly name: string; readonly noun: string; readonly standard: number },
  env: Readonly<Record<string, string | undefined>>,
  openFiles: number | null,
): ConnectionLimit {
  const found = env[name];
  const wanted = found === undefined || found === "" ? standard : Number(found);
  if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Error(`${name} must be a whole number above 0, found "${found}"`);
  if (openFiles === null || wanted + SPARE_FILES <= openFiles) return { limit: wanted, warning: null };
  const limit = Math.max(1, openFiles - SPARE_FILES);
  const warning = `only ${limit} ${noun} at once, not ${wanted}: the process may open ${openFiles} files; raise its limit (ulimit -n) to ${wanted + SPARE_FILES}`;
  return { limit, warning };
}

/** How many files this process may have open (proc(5)); `null` where the system does not tell or sets no limit. */
export function openFilesLimit(): number | null {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null; // Only Linux has it.
  }
}

/**
 * Serves at most so many connections of an HTTP server at once, and fewer while they are more than it can answer in time. The others get 503
 * with Retry-After before anything of them is read, which costs less than a request, and are closed.
 *
 * All requests that have arrived are handled in one turn of the event loop, and what the queue answers meanwhile has its turn after them. So
 * while a turn is late, no new connection is served and each answer ends its own, until those that are left fit into a turn.
 *
 * @param onRefused Told of each of them
 */
export function limitConnections(server: Server, limit: number, onRefused: () => void): void {
  const serve = server.listeners("connection");
  let open = 0;
  let lingering = 0;
  let turnMs = performance.now();
  const tick = setInterval(() => {
    turnMs = performance.now();
  }, TICK_MS);
  tick.unref();
  server.once("close", () => clearInterval(tick));
  const isCrowded = (): boolean => open > NO_CROWD && performance.now() - turnMs > BEHIND_MS;
  server.prependListener("request", (_request, response) => {
    if (isCrowded()) response.shouldKeepAlive = false;
  });
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    if (open < limit && !isCrowded()) {
      open++;
      socket.once("close", () => open--);
      for (const listener of serve) listener.call(server, socket);
      return;
    }
    onRefused();
    socket.on("error", () => undefined);
    if (lingering >= MAX_LINGERING) {
      socket.destroy();
      return;
    }
    lingering++;
    const linger = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => {
      lingering--;
      clearTimeout(linger);
    });
    socket.resume().end(FULL);
  });
}

const FULL_BODY = '{"error":"Too many are connected at once; please try again in a moment."}';
const FULL = `HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${FULL_BODY.length}\r\nretry-after: 2\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n${FULL_BODY}`;
