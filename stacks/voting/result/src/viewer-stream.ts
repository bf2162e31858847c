import { RequestError } from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import { STREAM_HEADERS, type Viewers } from "./viewers.js";

/** `GET /events`: the results now and after each change. */
export async function viewerStream(app: FastifyInstance, { viewers }: { readonly viewers: Viewers }): Promise<void> {
  app.get("/events", { exposeHeadRoute: false }, (_request, reply) => {
    // It came behind a request of the same connection that has no answer yet; a stream, for one, never has its last.
    if (reply.raw.socket === null) throw new RequestError(400, "The event stream needs a connection of its own.");
    if (viewers.add(reply.raw)) reply.hijack();
    else {
      reply.code(503).header("retry-after", Math.ceil(viewers.retryMs / 1_000));
      reply.send({ error: "Too many people watch the results right now; please try again in a moment." });
    }
  });
  app.head("/events", (_request, reply) => {
    reply.headers(STREAM_HEADERS).send();
  });
  // A stream has no last answer to wait for.
  app.addHook("preClose", () => viewers.closeAll());
}
