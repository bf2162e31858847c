import { connect, createServer } from "node:net";

/**
 * Whether a part can listen on the port of 127.0.0.1, and nobody else answers on it. Binding alone does not tell: a program
 * that listens on all addresses (on macOS) or on ::1 only would still catch browsers that ask for "localhost".
 */
export async function portIsFree(port: number): Promise<boolean> {
  if (!(await canBind(port))) return false;
  const answers = await Promise.all([answersOn("127.0.0.1", port), answersOn("::1", port)]);
  return !answers.includes(true);
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function answersOn(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 250 });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => answer(true));
    socket.once("timeout", () => answer(false));
    socket.once("error", () => answer(false));
  });
}
