import { readFileSync } from "node:fs";
import {
  addFastLane,
  connectionLimit,
  describeError,
  Keyring,
  limitConnections,
  openFilesLimit,
  openQueue,
  optionsFrom,
  orderedUuid,
  type PollOption,
  pageFrom,
  RequestError,
  type RunningService,
  requireEnv,
  type ServiceContext,
} from "@voting/ballots";
import type { FastifyError, FastifyInstance } from "fastify";
import { AddressLimit } from "./address-limit.js";
import { sendReply } from "./answer.js";
import { BallotBox } from "./ballot-box.js";
import { apiEntrance, type PageEntrance, pageEntrance } from "./entrance.js";
import { voteLane } from "./fast-lane.js";
import { Gate } from "./gate.js";
import { createMetrics } from "./metrics.js";
import { createPageRenderer } from "./page-renderer.js";
import { PAGE_HEADERS } from "./security-headers.js";
import { TrustedProxies } from "./trusted-proxies.js";
import { isGone, readClues, refusalCookie } from "./vote-request.js";

/** A connection that does nothing costs some 10 KiB. */
const CONNECTIONS = { name: "MAX_CONNECTIONS", noun: "connections", standard: 16_000 } as const;

export interface VoteDependencies {
  readonly box: BallotBox;
  readonly gate: Gate;
  readonly options: readonly PollOption[];
  /** Where the results are shown; `null`: the page does not say. */
  readonly resultPage: string | null;
}

interface BallotApiDependencies {
  readonly box: BallotBox;
  readonly gate: Gate;
}

const STYLE = readFileSync(new URL("../public/style.css", import.meta.url));

interface BallotPageDependencies {
  readonly box: BallotBox;
  readonly gate: Gate;
  readonly entrance: PageEntrance;
}

/** Puts the vote service together: the page and the API, both over one ballot box. */
export async function buildVote(context: ServiceContext): Promise<RunningService> {
  const options = optionsFrom(process.env);
  const keyring = new Keyring(requireEnv("VOTER_KEY"));
  const queue = openQueue(requireEnv("QUEUE_URL"), context.onOutage);
  const metrics = createMetrics(context.registry, queue, context.onOutage);
  const box = new BallotBox({ queue, keyring, options, metrics, onOutage: context.onOutage });
  const proxies = new TrustedProxies(process.env.TRUSTED_PROXIES);
  const gate = new Gate({ box, proxies, addressLimit: new AddressLimit(process.env.VOTES_PER_ADDRESS) });
  await registerVote(context.app, { box, gate, options, resultPage: pageFrom("RESULT_PAGE") });
  const { limit, warning } = connectionLimit(CONNECTIONS, process.env, openFilesLimit());
  if (warning !== null) context.log.warn(warning);
  limitConnections(context.app.server, limit, () => metrics.refused.inc({ reason: "connections" }));
  return { check: () => queue.check(), close: () => queue.close() };
}

/** The routes of the service over a ballot box; tests put one with a queue of their own behind them. */
export async function registerVote(app: FastifyInstance, dependencies: VoteDependencies): Promise<void> {
  const page = pageEntrance(createPageRenderer(dependencies.options, dependencies.resultPage));
  const { box, gate } = dependencies;
  await app.register(ballotPage, { box, gate, entrance: page });
  await app.register(ballotApi, { box, gate });
  addFastLane(app.server, voteLane({ box, gate, entrances: [page, apiEntrance] }));
}

/** `POST /api/votes` with `{"vote":"a"}`: 202 with the receipt once the ballot is durable. */
async function ballotApi(app: FastifyInstance, { box, gate }: BallotApiDependencies): Promise<void> {
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", ({ raw }, _reply, done) => done(gate.refuse(raw) ?? undefined));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = describeError(error);
    if (problem.status === 500) throw error;
    const newCookie = refusalCookie(box, request, problem.status);
    return sendReply(reply, apiEntrance.refused({ ...problem, newCookie }, request.headers));
  });

  app.post(apiEntrance.path, async ({ headers, body, socket }, reply) => {
    const vote = await box.cast({ ...readClues(headers), option: readJsonOption(body), isGone: () => isGone(socket) });
    return sendReply(reply, apiEntrance.accepted(vote, headers));
  });
}

function readJsonOption(body: unknown): unknown {
  if (body === undefined) throw new RequestError(400, 'The body is missing: send {"vote":"a"} as application/json.');
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new RequestError(400, 'The body must be a JSON object like {"vote":"a"}.');
  }
  return (body as { vote?: unknown }).vote;
}

/**
 * The page for people, which works without a script, and the classic form POST behind it. Its form carries a one-time value: pressed twice,
 * or sent again by a reload, it is one vote. A POST without it, as classic clients send it, is a vote of its own.
 */
async function ballotPage(app: FastifyInstance, { box, gate, entrance }: BallotPageDependencies): Promise<void> {
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
    const vote = await box.cast({ ...readClues(headers, onceOf(body)), option: readFormOption(body), isGone: () => isGone(socket) });
    return sendReply(reply, entrance.accepted(vote, headers));
  });

  app.get("/style.css", async (_request, reply) => {
    reply.headers({ ...PAGE_HEADERS, "content-type": "text/css; charset=utf-8", "cache-control": "max-age=3600" });
    return STYLE;
  });
}

function readFormOption(body: unknown): unknown {
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
