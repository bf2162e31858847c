import { readFileSync } from "node:fs";
import { describeError, isUuid, orderedUuid, type PollOption, RequestError } from "@voting/ballots";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { BallotBox } from "./ballot-box.js";
import { createPageRenderer } from "./page-renderer.js";
import { PAGE_HEADERS } from "./security-headers.js";
import type { TrustedProxies } from "./trusted-proxies.js";
import { isGone, readClues, refuseForeign, setsCookie, voterCookie } from "./vote-request.js";

const HTML = "text/html; charset=utf-8";
const STYLE = readFileSync(new URL("../public/style.css", import.meta.url));

export interface BallotPageParts {
  readonly box: BallotBox;
  readonly proxies: TrustedProxies;
  readonly options: readonly PollOption[];
  /** Where the results are shown; `null`: the page does not say. */
  readonly resultPage: string | null;
}

/**
 * The page for people, which works without a script, and the classic form POST behind it. Its form carries a one-time value: pressed twice,
 * or sent again by a reload, it is one vote. A POST without it, as classic clients send it, is a vote of its own.
 */
export async function ballotPage(app: FastifyInstance, { box, proxies, options, resultPage }: BallotPageParts): Promise<void> {
  const page = createPageRenderer(options, resultPage);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
    const form = body as string;
    // A leading "?" would be dropped; in a form it belongs to the first name.
    done(null, new URLSearchParams(form.startsWith("?") ? `&${form}` : form));
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(PAGE_HEADERS);
    if (request.method === "POST") refuseForeign(box, proxies, request.raw);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, sentence } = describeError(error);
    const used = onceOf(request.body);
    if (setsCookie(request, status)) giveCookie(request, reply, used);
    // Also for requests that no route takes.
    reply.headers(PAGE_HEADERS);
    if (status === 503) reply.header("retry-after", "2");
    // Whether the vote was stored after all is not known: sent again from this page it is still the same one.
    const once = status === 503 && used !== undefined && isUuid(used) ? used : orderedUuid();
    return reply
      .code(status)
      .type(HTML)
      .send(page.problem(sentence, status, once));
  });

  app.get("/", async (request, reply) => {
    const once = orderedUuid();
    giveCookie(request, reply, once);
    reply.type(HTML);
    if (await box.isOpen()) return page.empty(once);
    reply.code(503).header("retry-after", "2");
    return page.closed(once);
  });

  app.post("/", async (request, reply) => {
    const { headers, body, socket } = request;
    const vote = await box.cast({ ...readClues(headers, onceOf(body)), option: readOption(body), isGone: () => isGone(socket) });
    if (vote.newCookie !== null) reply.header("set-cookie", voterCookie(headers, vote.newCookie));
    reply.type(HTML);
    return page.voted(vote.option, vote.receipt, orderedUuid());
  });

  app.get("/style.css", async (_request, reply) => {
    reply.type("text/css; charset=utf-8").header("cache-control", "max-age=3600");
    return STYLE;
  });

  function giveCookie(request: FastifyRequest, reply: FastifyReply, once: string | undefined): void {
    const { newCookie } = box.voterOf(readClues(request.headers, once));
    if (newCookie !== null) reply.header("set-cookie", voterCookie(request.headers, newCookie));
  }
}

function readOption(body: unknown): unknown {
  if (!(body instanceof URLSearchParams))
    throw new RequestError(400, "The body is missing: send vote=a as application/x-www-form-urlencoded.");
  const votes = body.getAll("vote");
  if (votes.length > 1) throw new RequestError(400, "Only one vote can be cast at a time.");
  return votes[0];
}

/** The one-time value of the page's form; several are none. `undefined`: the form has none. */
function onceOf(body: unknown): string | undefined {
  if (!(body instanceof URLSearchParams)) return undefined;
  const values = body.getAll("once");
  return values.length === 0 ? undefined : values.join(",");
}
