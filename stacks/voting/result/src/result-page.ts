import { readFileSync } from "node:fs";
import type { Keyring } from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { type BallotState, ballotState } from "./ballot-state.js";
import { renderPage } from "./render-page.js";
import { orUnavailable } from "./result-api.js";
import type { TallyFeed } from "./tally-feed.js";

const PAGE_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
} as const;

const ASSETS = [
  { path: "/style.css", type: "text/css; charset=utf-8" },
  { path: "/live.js", type: "text/javascript; charset=utf-8" },
] as const;

export interface ResultPageParts {
  readonly feed: TallyFeed;
  readonly pool: Pool;
  readonly keyring: Keyring;
  /** Where people vote; `null`: the page does not say. */
  readonly votePage: string | null;
}

/** The page for people. Its first picture is complete without a script; the script keeps it live. */
export async function resultPage(app: FastifyInstance, { feed, pool, keyring, votePage }: ResultPageParts): Promise<void> {
  app.get<{ Querystring: { ballot?: string } }>("/", async (request, reply) => {
    const receipt = typeof request.query.ballot === "string" ? request.query.ballot.trim() : "";
    const state: BallotState | null = receipt === "" ? null : await orUnavailable(ballotState(pool, keyring, receipt));
    reply.headers(PAGE_HEADERS).type("text/html; charset=utf-8");
    return renderPage(feed.latest?.results ?? null, { receipt, state }, votePage);
  });

  for (const { path, type } of ASSETS) {
    const content = readFileSync(new URL(`../public${path}`, import.meta.url));
    app.get(path, async (_request, reply) => {
      reply.type(type).headers({ "cache-control": "max-age=60", "x-content-type-options": "nosniff" });
      return content;
    });
  }
}
