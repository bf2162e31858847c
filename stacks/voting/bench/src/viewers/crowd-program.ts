// Many viewers in one process. It does as little as it can for each event, for what it does is measured with the service:
// one buffer for all sockets, no HTTP client, and an event that equals the one before it is not parsed again.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { answerQuestions } from "./asked-process.js";
import type { CrowdQuestions } from "./crowd.js";
import { LatencyCounts } from "./latency-counts.js";
import { type Push, readPushes } from "./read-pushes.js";

/** So many connections are opened at a time: fewer than a server lets wait for it. */
const CONNECTING = 100;
const POLL_MS = 5;

const sockets = new Set<Socket>();
const seen = new Map<number, { readonly push: Push; readonly latencies: LatencyCounts }>();
const chunk = Buffer.alloc(64 * 1024);
let lastChunk = Buffer.alloc(0);
let lastPush: Push | null = null;
let lost = 0;
let recordSinceMs = Number.POSITIVE_INFINITY;

answerQuestions({
  open: async ({ origin, viewers }: CrowdQuestions["open"]["ask"]) => {
    let left = viewers;
    const openSome = async (): Promise<void> => {
      while (left-- > 0) await openOne(new URL(origin));
    };
    await Promise.all(Array.from({ length: CONNECTING }, openSome));
  },
  record: () => {
    recordSinceMs = Date.now();
    seen.clear();
    lost = 0;
  },
  finish: async ({ total }: CrowdQuestions["finish"]["ask"]): Promise<CrowdQuestions["finish"]["answer"]> => {
    const isSeen = (): boolean => [...seen.values()].some(({ push, latencies }) => push.total >= total && latencies.size >= sockets.size);
    while (!isSeen()) await sleep(POLL_MS);
    recordSinceMs = Number.POSITIVE_INFINITY;
    return { lost, pushes: [...seen.values()].map(({ push, latencies }) => ({ ...push, latencies: latencies.entries })) };
  },
  close: () => {
    // By a reset, so that no port stays taken for a while.
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  },
});

async function openOne({ hostname, port, host }: URL): Promise<void> {
  let unread = "";
  let isAnswered: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    isAnswered = resolve;
  });
  const onread = {
    buffer: chunk,
    callback: (length: number): boolean => {
      isAnswered();
      const bytes = chunk.subarray(0, length);
      if (unread === "" && lastPush !== null && bytes.equals(lastChunk)) {
        record(lastPush);
        return true;
      }
      const { pushes, rest } = readPushes(unread + bytes.toString("latin1"));
      if (unread === "" && rest === "" && pushes.length === 1) {
        lastChunk = Buffer.from(bytes);
        lastPush = pushes[0] as Push;
      }
      unread = rest;
      for (const push of pushes) record(push);
      return true;
    },
  };
  const socket = connect({ host: hostname, port: Number(port), onread });
  await once(socket, "connect");
  sockets.add(socket);
  socket.on("error", () => undefined); // "close" follows.
  socket.on("close", () => {
    if (sockets.delete(socket)) lost++;
    isAnswered();
  });
  socket.write(`GET /events HTTP/1.1\r\nhost: ${host}\r\naccept: text/event-stream\r\n\r\n`);
  await answered;
}

function record(push: Push): void {
  if (push.publishedAtMs < recordSinceMs) return;
  let known = seen.get(push.publishedAtMs);
  if (known === undefined) {
    known = { push, latencies: new LatencyCounts() };
    seen.set(push.publishedAtMs, known);
  }
  known.latencies.add(Date.now() - push.publishedAtMs);
}
