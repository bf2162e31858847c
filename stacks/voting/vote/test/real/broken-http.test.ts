import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { after, before, test } from "node:test";
import { createApp } from "@voting/ballots";
import { pino } from "pino";

let port = 0;
let release = (): void => undefined;
const app = createApp(pino({ level: "silent" }));
app.get("/slow", async () => {
  await new Promise<void>((resolve) => {
    release = resolve;
  });
  return "slow";
});
app.post("/echo", async (request) => request.body);
before(async () => {
  await app.listen({ port: 0, host: "127.0.0.1" });
  port = (app.server.address() as AddressInfo).port;
});
after(() => app.close());

/** Sends bytes and reads until the server closes. */
async function send(bytes: string, later?: () => void): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  socket.write(bytes, "latin1");
  later?.();
  await once(socket, "end");
  socket.destroy();
  return answer;
}

const HOST = "Host: poll.example.com\r\n";
const POST = `POST /echo HTTP/1.1\r\n${HOST}Content-Type: application/json\r\n`;

for (const { what, bytes, status, sentence } of [
  { what: "rubbish", bytes: "rubbish\r\n\r\n", status: 400, sentence: "This is not a valid HTTP request." },
  { what: "a request without Host", bytes: "GET /slow HTTP/1.1\r\n\r\n", status: 400, sentence: "The Host header is missing." },
  {
    what: "too many headers",
    bytes: `GET / HTTP/1.1\r\n${HOST}X: ${"x".repeat(200_000)}\r\n\r\n`,
    status: 431,
    sentence: "The headers are too large.",
  },
  {
    what: "an unknown expectation",
    bytes: `GET / HTTP/1.1\r\n${HOST}Expect: x\r\n\r\n`,
    status: 417,
    sentence: "The only expectation that can be met is 100-continue.",
  },
  {
    what: "CONNECT",
    bytes: `CONNECT a:1 HTTP/1.1\r\n${HOST}\r\n`,
    status: 400,
    sentence: "CONNECT is not possible here: this is no proxy.",
  },
  {
    what: "a broken chunk",
    bytes: `${POST}Transfer-Encoding: chunked\r\n\r\nz\r\n`,
    status: 400,
    sentence: "This is not a valid HTTP request.",
  },
  {
    what: "an address with a broken encoding",
    bytes: `GET /%zz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
    status: 400,
    sentence: "The address has a percent sign that begins no valid encoding.",
  },
  {
    what: "a request that never ends",
    bytes: `${POST}Content-Length: 9\r\n\r\n{`,
    status: 408,
    sentence: "The request did not arrive in time.",
  },
]) {
  test(`${what} gets ${status} and one sentence, and the connection ends`, async () => {
    const answer = await send(bytes);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.deepEqual(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))), { error: sentence });
    assert.match(answer, /\r\nx-content-type-options: nosniff\r\n/);
  });
}

test("a request that was taken in gets its own answer before the rubbish behind it gets one", async () => {
  // Again and again: on a busy machine the request may not be taken in yet.
  let releasing: NodeJS.Timeout | undefined;
  const answer = await send(`GET /slow HTTP/1.1\r\n${HOST}\r\nrubbish\r\n\r\n`, () => {
    releasing = setInterval(() => release(), 50);
  });
  clearInterval(releasing);
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nslowHTTP\/1\.1 400 Bad Request\r\n/);
});

test("a body that breaks off after its request was refused gets no second answer", async () => {
  const head = `POST /nowhere HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
  const socket = connect({ port, host: "127.0.0.1" });
  let answer = "";
  socket.write(head);
  socket.setEncoding("utf8").on("data", (text: string) => {
    if (answer === "") socket.write("z\r\n");
    answer += text;
  });
  await once(socket, "close");
  assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1);
  assert.match(answer, /^HTTP\/1\.1 404 /);
});

test("a refused client can still read its answer while it sends on, and is let go of although it never leaves", async () => {
  const held = () => new Promise<number>((resolve) => app.server.getConnections((_error, count) => resolve(count)));
  const before = await held();
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined).resume();
  socket.write("rubbish\r\n\r\n");
  await once(socket, "end");
  socket.write("more rubbish");
  assert.equal(await held(), before + 1);
  while ((await held()) > before) await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
});
