import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import type { BallotBox } from "./ballot-box.js";
import type { VoterClues } from "./voter.js";

const VOTER_COOKIE = /(?:^|;\s*)voter_id=([^;]*)/;
const ONE_YEAR_SECONDS = 31_536_000;

/** What a request says about its voter. @param once The one-time value of the form, if there was one */
export function readClues(headers: IncomingHttpHeaders, once?: string): VoterClues {
  const { cookie, "idempotency-key": key } = headers;
  return {
    cookie: cookie === undefined ? undefined : VOTER_COOKIE.exec(cookie)?.[1],
    idempotencyKey: Array.isArray(key) ? key.join(",") : key,
    once,
  };
}

/** The header Set-Cookie for a voter's signed cookie. Behind a proxy that ends TLS it travels over TLS only. */
export function voterCookie(headers: IncomingHttpHeaders, value: string): string {
  const secure = headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
  return `voter_id=${value}; Path=/; Max-Age=${ONE_YEAR_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

/** Whether nobody reads the answer any more: the connection is closed, or its client has sent its last and can be sent nothing. */
export const isGone = (socket: Pick<Socket, "destroyed" | "writable">): boolean => socket.destroyed === true || socket.writable === false;

/** What another site's page sent comes without the cookie that the browser has; its refusal must not replace that one. */
export const givesCookie = (status: number): boolean => status !== 403;

/** The voter cookie that a refusal gives, so that who presses again is the same voter; `null`: none. */
export function refusalCookie(box: BallotBox, request: FastifyRequest, status: number, once?: string): string | null {
  const isVote = request.method === "POST" && request.routeOptions.url !== undefined;
  return isVote && givesCookie(status) ? box.voterOf(readClues(request.headers, once)).newCookie : null;
}
