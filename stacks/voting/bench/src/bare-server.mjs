// The raw limit of the accept rate: a node:http server that reads the same request and answers with the same status and bytes.
// node bare-server.mjs: takes the two answers as JSON on standard input, then says which port it listens on.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const answers = JSON.parse(await text(process.stdin));
const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    Buffer.concat(chunks);
    const { status, type, body } = answers[request.url];
    response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
}).listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
