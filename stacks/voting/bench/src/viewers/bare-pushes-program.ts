// The raw limit of pushing: a bare TCP server that answers every request with the head of an event stream, makes an event some times
// a second and writes the same bytes to every socket in one loop. It drops nobody, knows no limit and answers nothing else.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { answerQuestions } from "./asked-process.js";
import type { BareQuestions } from "./bare-pushes.js";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\nconnection: close\r\n\r\nretry: 1000\n\n";

const sockets = new Set<Socket>();
let timer: NodeJS.Timeout | undefined;
let total = 0;

const server = createServer((socket) => {
  socket.on("error", () => undefined); // "close" follows.
  socket.on("close", () => sockets.delete(socket));
  socket.once("data", () => {
    socket.write(HEAD);
    sockets.add(socket);
  });
});

answerQuestions({
  listen: async () => {
    server.listen(0, "127.0.0.1", 4_096);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },
  push: ({ results, intervalMs }: BareQuestions["push"]["ask"]) => {
    timer = setInterval(() => {
      total++;
      const data = JSON.stringify({ ...results, total, publishedAt: new Date().toISOString() });
      const event = Buffer.from(`event: results\ndata: ${data}\n\n`);
      for (const socket of sockets) socket.write(event);
    }, intervalMs);
  },
  pause: () => {
    clearInterval(timer);
    return total;
  },
});
