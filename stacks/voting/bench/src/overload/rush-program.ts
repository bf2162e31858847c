// Voters in one process. It does as little as it can for each vote, since it shares the machine with what is measured: the same bytes for
// all of them, one buffer for all sockets, and of an answer its status, its length and whether it says when to come again.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { answerQuestions } from "../viewers/asked-process.js";
import { LatencyCounts } from "../viewers/latency-counts.js";
import type { RushQuestions, SentPart } from "./rush.js";

/** So many connections are opened at a time: fewer than a server lets wait for it. */
const CONNECTING = 100;
const TURN_MS = 1;
/** What has no answer by then gets none. */
const LAST_ANSWERS_MS = 10_000;

interface Connection {
  readonly socket: Socket;
  /** When its vote was sent; `null`: none is under way. */
  sentMs: number | null;
  /** How long it stays away when its connection is closed: what its last answer said. */
  waitMs: number;
  /** Bytes of the answer that are still to come; `null`: its head is. */
  left: number | null;
  head: string;
}

const chunk = Buffer.alloc(64 * 1024);
const free: Connection[] = [];
const connections = new Set<Connection>();
let request = Buffer.alloc(0);
let found = newFindings();
let startedMs = 0;

function newFindings() {
  const latencies = { accepted: new LatencyCounts(), refused: new LatencyCounts(), late: new LatencyCounts() };
  return { ...latencies, acceptedInSecond: [] as number[], refusedWithoutRetryAfter: 0, failed: 0, sent: 0 };
}

answerQuestions({
  open: async ({ origin, connections: wanted }: RushQuestions["open"]["ask"]) => {
    const { hostname, port, host } = new URL(origin);
    const type = "application/x-www-form-urlencoded";
    request = Buffer.from(`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-type: ${type}\r\ncontent-length: 6\r\n\r\nvote=a`);
    let left = wanted;
    const openSome = async (): Promise<void> => {
      while (left-- > 0) await openOne(hostname, Number(port));
    };
    await Promise.all(Array.from({ length: CONNECTING }, openSome));
  },
  send: async ({ perSecond, seconds }: RushQuestions["send"]["ask"]): Promise<SentPart> => {
    found = newFindings();
    startedMs = performance.now();
    let unsent = 0;
    for (let now = startedMs; now < startedMs + seconds * 1_000; now = performance.now()) {
      const due = Math.floor(((now - startedMs) * perSecond) / 1_000);
      while (found.sent + unsent < due) {
        const connection = free.shift();
        if (connection === undefined) {
          unsent = due - found.sent;
          break;
        }
        found.late.add(performance.now() - startedMs - ((found.sent + unsent) * 1_000) / perSecond);
        found.sent++;
        connection.sentMs = performance.now();
        connection.socket.write(request);
      }
      await sleep(TURN_MS);
    }
    const lastMs = performance.now() + LAST_ANSWERS_MS;
    const isUnderWay = (): boolean => [...connections].some(({ sentMs }) => sentMs !== null);
    while (isUnderWay() && performance.now() < lastMs) await sleep(50);
    const { accepted, refused, late } = found;
    const never = found.sent - accepted.size - refused.size - found.failed;
    const latencies = { accepted: accepted.entries, refused: refused.entries, late: late.entries };
    return { ...found, ...latencies, failed: found.failed + never, unsent };
  },
});

async function openOne(host: string, port: number): Promise<void> {
  const onread = {
    buffer: chunk,
    callback: (length: number): boolean => {
      read(connection, chunk.toString("latin1", 0, length));
      return true;
    },
  };
  const connection: Connection = {
    socket: connect({ host, port, onread, noDelay: true }),
    sentMs: null,
    waitMs: 1_000,
    left: null,
    head: "",
  };
  const { socket } = connection;
  await once(socket, "connect");
  connections.add(connection);
  free.push(connection);
  socket.on("error", () => undefined); // "close" follows.
  socket.on("close", () => {
    connections.delete(connection);
    if (connection.sentMs !== null) found.failed++;
    const index = free.indexOf(connection);
    if (index >= 0) free.splice(index, 1);
    // It comes again when it was told to.
    setTimeout(() => openOne(host, port).catch(() => undefined), connection.waitMs).unref();
  });
}

function read(connection: Connection, text: string): void {
  if (connection.left === null) {
    connection.head += text;
    const end = connection.head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(connection.head)?.[1]);
    connection.left = length - (connection.head.length - end - 4);
    connection.head = connection.head.slice(0, end);
  } else connection.left -= text.length;
  if (connection.left > 0) return;
  const retrySeconds = Number(/^retry-after: (\d+)\r?$/im.exec(connection.head)?.[1] ?? 0);
  connection.waitMs = retrySeconds * 1_000;
  // A connection too many is refused without a vote, and at once.
  note(connection.head, connection.sentMs === null ? 0 : performance.now() - connection.sentMs, retrySeconds);
  const { head } = connection;
  connection.head = "";
  connection.left = null;
  connection.sentMs = null;
  if (!/^connection: close\r?$/im.test(head)) free.push(connection);
}

function note(head: string, ms: number, retrySeconds: number): void {
  const status = head.slice(9, 12);
  if (status === "200") {
    found.accepted.add(ms);
    const second = Math.floor((performance.now() - startedMs) / 1_000);
    found.acceptedInSecond[second] = (found.acceptedInSecond[second] ?? 0) + 1;
  } else if (status === "503") {
    found.refused.add(ms);
    if (retrySeconds === 0) found.refusedWithoutRetryAfter++;
  } else found.failed++;
}
