import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below every system's range for outgoing connections, so that none takes a port by chance, and beside that of `groundplan up`. */
const RANGE = { first: 10_000, count: 10_000 };

/** What this process has been given; held until it ends. */
const claims: Server[] = [];
let next = (process.pid * 97) % RANGE.count;

/**
 * A port of this machine that nobody listens on, and that no other test process is given as long as this one lives.
 *
 * @throws Error when all of the range is taken.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < RANGE.count; tried++) {
    const port = RANGE.first + next;
    next = (next + 1) % RANGE.count;
    if ((await claim(port)) && (await canListen(port))) return port;
  }
  throw new Error(`no port from ${RANGE.first} on is free: end some of the programs that listen on this machine`);
}

/**
 * Only one process at a time can listen on a name, and the kernel gives it free when the process ends, however it ends. Other systems than
 * Linux have no such names: there a neighbour may be given the same port.
 */
async function claim(port: number): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const server = await listening({ path: `\0groundplan-test-port-${port}` });
  if (server === null) return false;
  claims.push(server.unref());
  return true;
}

async function canListen(port: number): Promise<boolean> {
  const server = await listening({ port, host: "0.0.0.0", exclusive: true });
  if (server === null) return false;
  server.close();
  await once(server, "close");
  return true;
}

async function listening(options: { path: string } | { port: number; host: string; exclusive: boolean }): Promise<Server | null> {
  const server = createServer();
  try {
    server.listen(options);
    await once(server, "listening");
    return server;
  } catch {
    return null;
  }
}
