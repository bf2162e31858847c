import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";

/** An answer as a value: the same one by whichever way its request came. */
export interface Answer {
  readonly status: number;
  /** Name, value, name, value: as node:http takes them fastest. */
  readonly headers: readonly string[];
  readonly body: string;
}

export function sendReply(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  for (let i = 0; i < headers.length; i += 2) reply.header(headers[i] as string, headers[i + 1]);
  return reply.code(status).send(body);
}

export function sendRaw(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers.concat("content-length", String(Buffer.byteLength(body))));
  response.end(body);
}
