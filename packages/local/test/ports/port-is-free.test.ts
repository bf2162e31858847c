import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { portIsFree } from "../../src/ports/choose-ports.js";

for (const host of ["127.0.0.1", "0.0.0.0", "::1", "::"]) {
  test(`a port on which a program listens at ${host} is not free, and is again when it has ended`, async (t) => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, host);
    const [failure] = await Promise.race([once(server, "listening"), once(server, "error")]);
    if (failure !== undefined) return t.skip("needs IPv6");
    const { port } = server.address() as AddressInfo;
    assert.equal(await portIsFree(port), false);
    server.close();
    await once(server, "close");
    assert.equal(await portIsFree(port), true);
  });
}

test("a port that an outgoing connection uses cannot be listened on", async (t) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  await once(client, "connect");
  t.after(() => {
    client.destroy();
    server.close();
  });
  assert.equal(await portIsFree(client.localPort ?? 0), false);
});
