// Runs inside a namespace: listens on ports, opens connections, and says what came of them. A line of JSON for a question, a line for its
// answer. It ends when nobody talks to it any more. Plain JavaScript, for it starts once for each namespace and must do so fast.
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

/** @param {number} port */
function listen(port) {
  return new Promise((resolve, reject) => {
    createServer((socket) => socket.on("error", () => socket.destroy()).end())
      .on("error", reject)
      .listen(port, "0.0.0.0", () => resolve(port));
  });
}

/**
 * "open": it was accepted; "refused": the other end answered that nobody listens; "dropped": no answer.
 * @param {{ address: string, port: number, limitMs: number }} goal
 */
function attempt({ address, port, limitMs }) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const settle = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => settle("dropped"), limitMs);
    socket.on("connect", () => settle("open")).on("error", ({ code }) => settle(code === "ECONNREFUSED" ? "refused" : `failed: ${code}`));
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { listenOn = [], connectTo = [] } = JSON.parse(line);
  await Promise.all(listenOn.map(listen));
  process.stdout.write(`${JSON.stringify(await Promise.all(connectTo.map(attempt)))}\n`);
}
process.exit(0);
