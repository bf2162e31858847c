import { readFileSync } from "node:fs";
import { describeError, type PollOption, RequestError } from "@voting/ballots";
import type { FastifyError, FastifyInstance } from "fastify";
import type { BallotBox } from "./ballot-box.js";
import { createPageRenderer } from "./page-renderer.js";
import { PAGE_HEADERS } from "./security-headers.js";
import { readVoteRequest, setVoterCookie } from "./vote-request.js";

const HTML = "text/html; charset=utf-8";
const STYLE = readFileSync(new URL("../public/style.css", import.meta.url));

/** The page for people, which works without a script, and the classic form POST behind it. */
export async function ballotPage(
  app: FastifyInstance,
  { box, options, resultPage }: { readonly box: BallotBox; readonly options: readonly PollOption[]; readonly resultPage: string | null },
): Promise<void> {
  const page = createPageRenderer(options, resultPage);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
    const form = body as string;
    // A leading "?" would be dropped; in a form it belongs to the first name.
    done(null, new URLSearchParams(form.startsWith("?") ? `&${form}` : form));
  });
  app.addHook("onRequest", (_request, reply, done) => {
    reply.headers(PAGE_HEADERS);
    done();
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const { status, sentence } = describeError(error);
    // Also for requests that no route takes.
    reply.headers(PAGE_HEADERS);
    if (status === 503) reply.header("retry-after", "2");
    return reply.code(status).type(HTML).send(page.problem(sentence, status));
  });

  app.get("/", async (_request, reply) => {
    reply.type(HTML);
    if (await box.isOpen()) return page.empty;
    reply.code(503).header("retry-after", "2");
    return page.closed;
  });

  app.post("/", async (request, reply) => {
    const vote = await box.cast(readVoteRequest(request, readOption(request.body)));
    setVoterCookie(request, reply, vote);
    reply.type(HTML);
    return page.voted(vote.option, vote.receipt);
  });

  app.get("/style.css", async (_request, reply) => {
    reply.type("text/css; charset=utf-8").header("cache-control", "max-age=3600");
    return STYLE;
  });
}

function readOption(body: unknown): unknown {
  if (!(body instanceof URLSearchParams))
    throw new RequestError(400, "The body is missing: send vote=a as application/x-www-form-urlencoded.");
  const votes = body.getAll("vote");
  if (votes.length > 1) throw new RequestError(400, "Only one vote can be cast at a time.");
  return votes[0];
}
