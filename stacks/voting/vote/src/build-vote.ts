import {
  addFastLane,
  connectionLimit,
  Keyring,
  limitConnections,
  openFilesLimit,
  openQueue,
  optionsFrom,
  type PollOption,
  pageFrom,
  requireEnv,
  type ServiceContext,
  type ServiceParts,
} from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import { AddressLimit } from "./address-limit.js";
import { ballotApi } from "./ballot-api.js";
import { BallotBox } from "./ballot-box.js";
import { ballotPage } from "./ballot-page.js";
import { apiEntrance, pageEntrance } from "./entrance.js";
import { voteLane } from "./fast-lane.js";
import { Gate } from "./gate.js";
import { createMetrics } from "./metrics.js";
import { createPageRenderer } from "./page-renderer.js";
import { TrustedProxies } from "./trusted-proxies.js";

/** A connection that does nothing costs some 10 KiB. */
const CONNECTIONS = { name: "MAX_CONNECTIONS", noun: "connections", standard: 16_000 } as const;

export interface VoteParts {
  readonly box: BallotBox;
  readonly gate: Gate;
  readonly options: readonly PollOption[];
  /** Where the results are shown; `null`: the page does not say. */
  readonly resultPage: string | null;
}

/** Puts the vote service together: the page and the API, both over one ballot box. */
export async function buildVote(context: ServiceContext): Promise<ServiceParts> {
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
export async function registerVote(app: FastifyInstance, parts: VoteParts): Promise<void> {
  const page = pageEntrance(createPageRenderer(parts.options, parts.resultPage));
  const { box, gate } = parts;
  await app.register(ballotPage, { box, gate, entrance: page });
  await app.register(ballotApi, { box, gate });
  addFastLane(app.server, voteLane({ box, gate, entrances: [page, apiEntrance] }));
}
