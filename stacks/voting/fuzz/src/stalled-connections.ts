import { createConnection } from "node:net";
import { OPTIONS, render, voteRequest, withoutHeader } from "./request-text.js";

/** A client that does not finish its request in time is told so, and loses the connection: within this time, in ms. */
export const STALL_LIMIT_MS = 25_000;

export interface StalledConnections {
  /** Connections that are still open. */
  open(): number;
  /** Resolves with what was wrong, when the last one is closed or its time is over. */
  readonly problems: Promise<readonly string[]>;
}

/** Opens connections that stop in the middle of a request and never go on: so many at each stage of it. */
export function stallConnections(port: number, atEachStage: number): StalledConnections {
  const vote = render(withoutHeader(voteRequest("page", OPTIONS[0]), "Cookie"));
  const stages = [
    { where: "before the first byte", bytes: "", answer: false },
    { where: "in the request line", bytes: "POST /", answer: true },
    { where: "in the headers", bytes: vote.slice(0, 60), answer: true },
    { where: "before the body", bytes: vote.slice(0, vote.indexOf("\r\n\r\n") + 4), answer: true },
    { where: "in the body", bytes: vote.slice(0, -1), answer: true },
  ];
  const all = stages.flatMap((stage) => Array.from({ length: atEachStage }, () => stage));
  let open = all.length;
  const watched = all.map(async (stage) => {
    const problem = await stall(port, stage.bytes, stage.answer);
    open--;
    return problem === null ? [] : [`a connection that stalls ${stage.where} ${problem}`];
  });
  return { open: () => open, problems: Promise.all(watched).then((lists) => lists.flat()) };
}

/** What was wrong; `null`: nothing. */
function stall(port: number, bytes: string, mustAnswer: boolean): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    const late = setTimeout(() => {
      settle(`is still open after ${STALL_LIMIT_MS / 1_000} s`);
    }, STALL_LIMIT_MS);
    const settle = (problem: string | null) => {
      clearTimeout(late);
      socket.destroy();
      resolve(problem);
    };
    const closed = () =>
      settle(
        !mustAnswer || /^HTTP\/1\.1 408 [\s\S]*\{"error":"[A-Z].*\."\}$/.test(answer) ? null : `gets no 408: ${JSON.stringify(answer)}`,
      );
    socket.write(bytes);
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("end", closed);
    socket.on("error", closed);
  });
}
