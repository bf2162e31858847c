import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Rush } from "../../src/overload/rush.js";

test("a rush tells what became of every vote, and which refusals did not say when to come again", async (context) => {
  let votes = 0;
  const server = createServer((_request, response) => {
    votes++;
    if (votes % 4 === 0) response.writeHead(503, { "retry-after": "2", "content-length": 2 }).end("no");
    else if (votes % 4 === 1) response.writeHead(503, { "content-length": 2 }).end("no");
    // In pieces.
    else if (votes % 4 === 2) {
      response.writeHead(200, { "content-length": 2 }).write("o");
      setTimeout(() => response.end("k"), 10);
    } else response.writeHead(500, { "content-length": 0 }).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const rush = new Rush(2);
  context.after(async () => {
    await rush.stop();
    server.closeAllConnections();
    server.close();
  });
  await rush.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 40);
  const { sent, unsent, accepted, refused, refusedWithoutRetryAfter, failed, acceptedInSecond } = await rush.send(200, 2);
  assert.ok(sent > 300 && sent <= 400, `${sent} votes`);
  assert.equal(sent, votes);
  assert.equal(accepted.size + refused.size + failed, sent);
  assert.equal(refusedWithoutRetryAfter, Math.ceil(votes / 4));
  const inTime = acceptedInSecond.reduce((sum, count) => sum + count, 0);
  assert.ok(inTime <= accepted.size && inTime >= accepted.size / 2, `${inTime} of ${accepted.size} came while votes were due`);
  assert.ok(unsent >= 0 && refused.size >= refusedWithoutRetryAfter && failed > 0);
});
