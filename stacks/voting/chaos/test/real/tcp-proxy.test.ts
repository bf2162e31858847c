import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { until } from "@groundplan/testing";
import { TcpProxy } from "../../src/proxy/tcp-proxy.js";

/** Says what it hears, and remembers it. */
let echo: Server;
let heard = "";
let proxy: TcpProxy;
const clients: Socket[] = [];

before(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("data", (bytes) => {
      heard += bytes.toString();
      socket.write(bytes);
    });
    socket.on("end", () => socket.end("bye"));
    socket.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
  proxy = await TcpProxy.open((echo.address() as { port: number }).port);
});
after(async () => {
  await proxy.close();
  for (const client of clients) client.destroy();
  echo.close();
});
beforeEach(() => {
  heard = "";
  proxy.set({ kind: "clear" });
});

interface Client {
  readonly socket: Socket;
  text: string;
  error: string | null;
}

async function open(): Promise<Client> {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  const client: Client = { socket, text: "", error: null };
  clients.push(socket);
  socket.on("data", (bytes) => {
    client.text += bytes.toString();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    client.error = error.code ?? error.message;
  });
  await once(socket, "connect");
  return client;
}

/** A client that has had an answer, so that both sides of its connection stand. */
async function talking(): Promise<Client> {
  const client = await open();
  client.socket.write("hello ");
  await until("the echo", () => client.text === "hello ");
  return client;
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("in clear weather bytes and their end go through, both ways", async () => {
  const client = await talking();
  client.socket.end();
  await until("the server's goodbye", () => client.text === "hello bye");
  await until("the connection is forgotten", () => proxy.connections === 0);
});

test("a cut resets what is open; new connections go through", async () => {
  const client = await talking();
  proxy.cut();
  await until("the reset", () => client.error === "ECONNRESET");
  assert.equal(proxy.connections, 0);
  await talking();
});

test("while connections are refused those that are open go on", async () => {
  const client = await talking();
  proxy.set({ kind: "refuse" });
  const refused = await open().catch((error: NodeJS.ErrnoException) => ({ error: error.code }));
  await until("the refusal", () => refused.error === "ECONNRESET");
  client.socket.write("again");
  await until("the echo", () => client.text === "hello again");
});

test("in silence nothing arrives and nothing closes, not even what the client ends; when it is over all arrives in order", async () => {
  const client = await talking();
  proxy.set({ kind: "silence", way: "both" });
  client.socket.write("one ");
  client.socket.write("two");
  client.socket.end();
  const newcomer = await open();
  newcomer.socket.write(" three");
  await turns();
  assert.deepEqual([heard, client.text, client.error, client.socket.readableEnded], ["hello ", "hello ", null, false]);
  proxy.set({ kind: "clear" });
  await until("the answers", () => client.text === "hello one twobye" && newcomer.text === " three");
});

test("half-open: the server hears, its answer does not come back; or the client's words do not arrive", async () => {
  const client = await talking();
  proxy.set({ kind: "silence", way: "back" });
  client.socket.write("heard");
  await until("the server hears it", () => heard === "hello heard");
  await turns();
  assert.equal(client.text, "hello ");
  proxy.set({ kind: "silence", way: "to" });
  await until("the answer", () => client.text === "hello heard");
  client.socket.write("unheard");
  await turns();
  assert.equal(heard, "hello heard");
  proxy.cut();
  await until("the reset", () => client.error === "ECONNRESET");
  proxy.set({ kind: "clear" });
  await turns();
  assert.equal(heard, "hello heard");
});

test("with a delay everything comes later, in order", async () => {
  const client = await talking();
  proxy.set({ kind: "delay", delayMs: 60 });
  const sentMs = performance.now();
  client.socket.write("a");
  await turns();
  client.socket.write("b");
  client.socket.end("c");
  await until("all of it", () => client.text === "hello abcbye");
  // A timer may be a millisecond early.
  assert.ok(performance.now() - sentMs >= 115, "there and back");
});
