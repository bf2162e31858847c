import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { until } from "@groundplan/testing";
import { limitConnections } from "../../src/http-server.js";

const server = createServer((_request, response) => response.end("served"));
let refused = 0;
limitConnections(server, 3, () => refused++);
before(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
});
after(() => server.close());

const open = async (port = (server.address() as AddressInfo).port): Promise<Socket> => {
  const socket = connect({ port, host: "127.0.0.1" }).setEncoding("utf8");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
};
const ask = async (socket: Socket): Promise<string> => {
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  return String(await once(socket, "data"));
};

test("beyond the limit a connection gets 503 with Retry-After and is closed; the others are served, and whose place is free again too", async () => {
  const served = await Promise.all([open(), open(), open()]);
  for (const socket of served) assert.match(await ask(socket), /served$/);
  const late = await open();
  const answer = await ask(late);
  assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n[\s\S]*\r\nretry-after: 2\r\n/);
  assert.equal(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).error, "Too many are connected at once; please try again in a moment.");
  await until("it is closed", () => late.closed);
  assert.equal(refused, 1);
  served.pop()?.destroy();
  await until("the place is free", async () => {
    const socket = await open();
    const isServed = (await ask(socket)).endsWith("served");
    if (isServed) served.push(socket);
    else socket.destroy();
    return isServed;
  });
  for (const socket of served) assert.match(await ask(socket), /served$/);
  for (const socket of served) socket.destroy();
});

test("of more clients than can be answered in a turn all are answered, and those beyond it lose their connections; then others are served again", async (context) => {
  let isSlow = false;
  const slow = createServer((_request, response) => {
    for (const untilMs = performance.now() + 2; isSlow && performance.now() < untilMs; );
    response.end("served");
  });
  limitConnections(slow, 1_000, () => undefined);
  await once(slow.listen(0, "127.0.0.1"), "listening");
  context.after(() => {
    slow.closeAllConnections();
    slow.close();
  });
  const { port } = slow.address() as AddressInfo;
  const crowd = await Promise.all(Array.from({ length: 500 }, () => open(port)));
  await Promise.all(crowd.map(ask));
  // Now all of them are there before the first is read.
  isSlow = true;
  const answers = await Promise.all(crowd.map(ask));
  assert.ok(answers.every((answer) => answer.endsWith("served")));
  const kept = answers.filter((answer) => /\r\nconnection: keep-alive\r\n/i.test(answer)).length;
  assert.ok(kept < 300, `${kept} connections are kept`);
  await until("the others are closed", () => crowd.filter(({ closed }) => !closed).length === kept);
  isSlow = false;
  const next = await open(port);
  assert.match(await ask(next), /\r\nconnection: keep-alive\r\n[\s\S]*served$/i);
  for (const socket of [next, ...crowd]) socket.destroy();
});
