import type { IncomingHttpHeaders } from "node:http";
import { type ErrorAnswer, isUuid, orderedUuid } from "@voting/ballots";
import type { Answer } from "./answer.js";
import type { AcceptedVote } from "./ballot-box.js";
import type { PageRenderer } from "./page-renderer.js";
import { API_HEADERS, PAGE_HEADERS } from "./security-headers.js";
import { voterCookie } from "./vote-request.js";

/** Where votes are taken in, and how their answers look there. */
export interface Entrance {
  readonly path: string;
  readonly contentType: string;
  /** The vote in a body as nearly all clients write it; `null`: it is written in another way, or none. */
  readPlain(body: string): PlainVote | null;
  accepted(vote: AcceptedVote, headers: IncomingHttpHeaders): Answer;
  refused(refusal: Refusal, headers: IncomingHttpHeaders): Answer;
}

export interface PlainVote {
  readonly option: string;
  readonly once: string | undefined;
}

export interface Refusal extends ErrorAnswer {
  /** The one-time value that the form came with. */
  readonly once?: string | undefined;
  /** The voter cookie to set; `null`: none. */
  readonly newCookie: string | null;
}

const PLAIN_FORM = /^(?:once=([0-9a-f-]{36})&)?vote=([\w-]{1,32})$/;
const PAGE = Object.entries({ ...PAGE_HEADERS, "content-type": "text/html; charset=utf-8" }).flat();

export interface PageEntrance extends Entrance {
  /** The page before a vote. @param isOpen Whether votes are taken now */
  shown(once: string, isOpen: boolean, newCookie: string | null, headers: IncomingHttpHeaders): Answer;
}

/** The page's form. */
export function pageEntrance(page: PageRenderer): PageEntrance {
  return {
    path: "/",
    contentType: "application/x-www-form-urlencoded",
    readPlain(body) {
      const found = PLAIN_FORM.exec(body);
      return found === null ? null : { option: found[2] as string, once: found[1] };
    },
    shown: (once, isOpen, newCookie, headers) => ({
      status: isOpen ? 200 : 503,
      headers: answerHeaders(PAGE, isOpen ? null : 2, newCookie, headers),
      body: isOpen ? page.empty(once) : page.closed(once),
    }),
    accepted: ({ option, receipt, newCookie }, headers) => ({
      status: 200,
      headers: withCookie(PAGE, newCookie, headers),
      body: page.voted(option, receipt, orderedUuid()),
    }),
    refused({ status, sentence, retryAfterSeconds, once, newCookie }, headers) {
      // With 503 whether the vote was stored after all is not known: sent again from this page it is still the same one.
      const next = retryAfterSeconds !== null && once !== undefined && isUuid(once) ? once : orderedUuid();
      return { status, headers: answerHeaders(PAGE, retryAfterSeconds, newCookie, headers), body: page.problem(sentence, status, next) };
    },
  };
}

const PLAIN_JSON = /^\{"vote": ?"([\w-]{1,32})"\}$/;
const JSON_HEADERS = Object.entries({ ...API_HEADERS, "content-type": "application/json; charset=utf-8" }).flat();

/** `POST /api/votes` with `{"vote":"a"}`. */
export const apiEntrance: Entrance = {
  path: "/api/votes",
  contentType: "application/json",
  readPlain(body) {
    const found = PLAIN_JSON.exec(body);
    return found === null ? null : { option: found[1] as string, once: undefined };
  },
  accepted: ({ receipt, newCookie }, headers) => ({
    status: 202,
    headers: withCookie(JSON_HEADERS, newCookie, headers),
    body: `{"ballot":"${receipt}","state":"queued"}`,
  }),
  refused: ({ status, sentence, retryAfterSeconds, newCookie }, headers) => ({
    status,
    headers: answerHeaders(JSON_HEADERS, retryAfterSeconds, newCookie, headers),
    body: JSON.stringify({ error: sentence }),
  }),
};

type Headers = Answer["headers"];

const withCookie = (own: Headers, cookie: string | null, headers: IncomingHttpHeaders): Headers =>
  cookie === null ? own : own.concat("set-cookie", voterCookie(headers, cookie));

const answerHeaders = (own: Headers, retrySeconds: number | null, cookie: string | null, headers: IncomingHttpHeaders): Headers =>
  withCookie(retrySeconds === null ? own : own.concat("retry-after", String(retrySeconds)), cookie, headers);
