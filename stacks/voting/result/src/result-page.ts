import { readFileSync } from "node:fs";
import { escapeHtml, type Keyring, lookUpBallot, RequestError } from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import type { ResultReader, Results } from "./result-reader.js";
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

export interface ResultPageDependencies {
  readonly feed: TallyFeed;
  readonly pool: Pool;
  readonly keyring: Keyring;
  /** Where people vote; `null`: the page does not say. */
  readonly votePage: string | null;
}

interface LookUp {
  /** As it was typed; empty: nothing is looked up. */
  readonly receipt: string;
  readonly state: BallotState | null;
}

const STATE_SENTENCES: Readonly<Record<BallotState, string>> = {
  queued: "This ballot is stored and waits to be counted.",
  counted: "This ballot is counted: it is the vote that stands.",
  superseded: "This ballot was counted, and a later vote of the same voter has replaced it.",
  unknown: "This is not a receipt of this poll.",
};

interface ResultApiDependencies {
  readonly reader: ResultReader;
  readonly pool: Pool;
  readonly keyring: Keyring;
}

/**
 * - queued: accepted and durable, not counted yet
 * - counted: the vote that stands
 * - superseded: counted, and replaced by a later vote of the same voter
 * - unknown: no receipt of this poll
 */
type BallotState = "queued" | "counted" | "superseded" | "unknown";

/** The page for people. Its first picture is complete without a script; the script keeps it live. */
export async function resultPage(app: FastifyInstance, { feed, pool, keyring, votePage }: ResultPageDependencies): Promise<void> {
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

/**
 * The whole page, with a link to `votePage` if there is one. `public/live.js` draws the same list again on each event, from the same
 * data.
 */
export function renderPage(results: Results | null, lookUp: LookUp, votePage: string | null): string {
  const title = results === null ? "Results" : `${results.options.map((option) => option.label).join(" or ")}: results`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script src="/live.js" defer></script>
<noscript><meta http-equiv="refresh" content="5"></noscript>
</head>
<body>
<main>
<header>
<h1>Results</h1>
<p id="connection" class="connection" data-state="connecting" role="status">connecting</p>
</header>
<ul id="options" class="options" aria-label="Votes for each option">
${results === null ? "" : results.options.map((option) => renderOption(option, results.total)).join("\n")}
</ul>
<p class="summary"><strong id="total">${results === null ? "The results are not there yet" : totalText(results.total)}</strong> <span id="freshness"></span></p>
<form class="look-up" method="get" action="/">
<label for="ballot">Was my vote counted?</label>
<div><input id="ballot" name="ballot" placeholder="Receipt of your vote" autocomplete="off" spellcheck="false" maxlength="100" required value="${escapeHtml(lookUp.receipt)}"><button>Look up</button></div>
${lookUp.state === null ? "" : `<p class="answer" data-state="${lookUp.state}" role="status">${STATE_SENTENCES[lookUp.state]}</p>`}
</form>
${votePage === null ? "" : `<p><a href="${escapeHtml(votePage)}">Vote</a></p>`}
</main>
</body>
</html>
`;
}

function renderOption({ label, votes }: Results["options"][number], total: number): string {
  const percent = total === 0 ? null : (100 * votes) / total;
  return `<li><span class="label">${escapeHtml(label)}</span><span class="share">${percent === null ? "no votes" : `${percent.toFixed(1)} %`}</span>
<progress max="100" value="${(percent ?? 0).toFixed(1)}" aria-label="${escapeHtml(label)}"></progress>
<span class="votes">${countText(votes)}</span></li>`;
}

const countText = (votes: number): string => `${votes.toLocaleString("en")} ${votes === 1 ? "vote" : "votes"}`;

const totalText = (total: number): string => (total === 0 ? "No votes yet" : `${countText(total)} in all`);

/** `GET /api/results` and `GET /api/ballots/<receipt>`. */
export async function resultApi(app: FastifyInstance, { reader, pool, keyring }: ResultApiDependencies): Promise<void> {
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  });

  app.get("/api/results", async () => (await orUnavailable(reader.read())).results);

  app.get<{ Params: { receipt: string } }>("/api/ballots/:receipt", async (request) => {
    const { receipt } = request.params;
    return { ballot: receipt, state: await orUnavailable(ballotState(pool, keyring, receipt)) };
  });
}

/** The database is the only thing that these reads need; that it is away is not a fault of theirs. */
async function orUnavailable<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    throw new RequestError(503, "The results cannot be read right now; please try again in a moment.", { cause: error });
  }
}

/** What became of a ballot. A receipt's seal proves that its ballot was accepted, so one that the ledger lacks is still queued. */
async function ballotState(pool: Pool, keyring: Keyring, receipt: string): Promise<BallotState> {
  const id = keyring.openReceipt(receipt);
  if (id === null) return "unknown";
  return (await lookUpBallot(pool, id)) ?? "queued";
}
