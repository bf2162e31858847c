import type { FastifyReply, FastifyRequest } from "fastify";
import type { AcceptedVote, VoteRequest } from "./ballot-box.js";

const VOTER_COOKIE = /(?:^|;\s*)voter_id=([^;]*)/;
const ONE_YEAR_SECONDS = 31_536_000;

/** What identifies the voter and the vote, read off a request's headers. */
export function readVoteRequest(request: FastifyRequest, option: unknown): VoteRequest {
  const { cookie, "idempotency-key": key } = request.headers;
  return {
    option,
    cookie: cookie === undefined ? undefined : VOTER_COOKIE.exec(cookie)?.[1],
    idempotencyKey: Array.isArray(key) ? key.join(",") : key,
  };
}

/** Gives a new voter the cookie. Behind a proxy that ends TLS it travels over TLS only. */
export function setVoterCookie(request: FastifyRequest, reply: FastifyReply, vote: AcceptedVote): void {
  if (vote.newCookie === null) return;
  const secure = request.headers["x-forwarded-proto"] === "https" ? "; Secure" : "";
  reply.header("set-cookie", `voter_id=${vote.newCookie}; Path=/; Max-Age=${ONE_YEAR_SECONDS}; HttpOnly; SameSite=Lax${secure}`);
}
