import { readFileSync } from "node:fs";
import { describeError, orderedUuid, RequestError } from "@voting/ballots";
import type { FastifyError, FastifyInstance } from "fastify";
import { sendReply } from "./answer.js";
import type { BallotBox } from "./ballot-box.js";
import type { PageEntrance } from "./entrance.js";
import type { Gate } from "./gate.js";
import { PAGE_HEADERS } from "./security-headers.js";
import { isGone, readClues, refusalCookie } from "./vote-request.js";

const STYLE = readFileSync(new URL("../public/style.css", import.meta.url));

export interface BallotPageParts {
  readonly box: BallotBox;
  readonly gate: Gate;
  readonly entrance: PageEntrance;
}

/**
 * The page for people, which works without a script, and the classic form POST behind it. Its form carries a one-time value: pressed twice,
 * or sent again by a reload, it is one vote. A POST without it, as classic clients send it, is a vote of its own.
 */
export async function ballotPage(app: FastifyInstance, { box, gate, entrance }: BallotPageParts): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(entrance.contentType, { parseAs: "string" }, (_request, body, done) => {
    const form = body as string;
    // A leading "?" would be dropped; in a form it belongs to the first name.
    done(null, new URLSearchParams(form.startsWith("?") ? `&${form}` : form));
  });
  app.addHook("onRequest", ({ raw }, _reply, done) => done((raw.method === "POST" && gate.refuse(raw)) || undefined));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = describeError(error);
    const once = onceOf(request.body);
    const newCookie = refusalCookie(box, request, problem.status, once);
    return sendReply(reply, entrance.refused({ ...problem, once, newCookie }, request.headers));
  });

  app.get("/", async ({ headers }, reply) => {
    const once = orderedUuid();
    const { newCookie } = box.voterOf(readClues(headers, once));
    return sendReply(reply, entrance.shown(once, await box.isOpen(), newCookie, headers));
  });

  app.post(entrance.path, async ({ headers, body, socket }, reply) => {
    const vote = await box.cast({ ...readClues(headers, onceOf(body)), option: readOption(body), isGone: () => isGone(socket) });
    return sendReply(reply, entrance.accepted(vote, headers));
  });

  app.get("/style.css", async (_request, reply) => {
    reply.headers({ ...PAGE_HEADERS, "content-type": "text/css; charset=utf-8", "cache-control": "max-age=3600" });
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

/** The one-time value of the page's form; several are none. `undefined`: the form has none. */
function onceOf(body: unknown): string | undefined {
  if (!(body instanceof URLSearchParams)) return undefined;
  const values = body.getAll("once");
  return values.length === 0 ? undefined : values.join(",");
}
