import { connect } from "node:net";

const PATIENCE_MS = 2_000;

/** Why the Redis server on 127.0.0.1 is not healthy; `null`: it answered PING with PONG, so its data is loaded. */
export function redisHealth(port: number, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: PATIENCE_MS });
    let answer = "";
    const settle = (reason: string | null) => {
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      resolve(reason);
    };
    const onAbort = () => settle("not asked any more");
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("connect", () => socket.write("PING\r\n"));
    socket.on("data", (bytes) => {
      answer += bytes.toString("latin1");
      const end = answer.indexOf("\r\n");
      if (end >= 0) settle(answer.startsWith("+PONG") ? null : answer.slice(1, end));
    });
    socket.on("timeout", () => settle(`no answer within ${PATIENCE_MS / 1000} s`));
    socket.on("end", () => settle("it closed the connection"));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      settle(error.code === "ECONNREFUSED" ? `it does not listen on port ${port} yet` : error.message);
    });
  });
}
