import { Keyring, openQueue, optionsFrom, pageFrom, requireEnv, type ServiceContext, type ServiceParts } from "@voting/ballots";
import type { FastifyInstance } from "fastify";
import { ballotApi } from "./ballot-api.js";
import { BallotBox } from "./ballot-box.js";
import { type BallotPageParts, ballotPage } from "./ballot-page.js";
import { createMetrics } from "./metrics.js";
import { TrustedProxies } from "./trusted-proxies.js";

/** Puts the vote service together: the page and the API, both over one ballot box. */
export async function buildVote(context: ServiceContext): Promise<ServiceParts> {
  const options = optionsFrom(process.env);
  const keyring = new Keyring(requireEnv("VOTER_KEY"));
  const queue = openQueue(requireEnv("QUEUE_URL"), context.onOutage);
  const metrics = createMetrics(context.registry, queue, context.onOutage);
  const box = new BallotBox({ queue, keyring, options, metrics, onOutage: context.onOutage });
  const proxies = new TrustedProxies(process.env.TRUSTED_PROXIES);
  await registerVote(context.app, { box, proxies, options, resultPage: pageFrom("RESULT_PAGE") });
  return { check: () => queue.check(), close: () => queue.close() };
}

/** The routes of the service over a ballot box; tests put one with a queue of their own behind them. */
export async function registerVote(app: FastifyInstance, parts: BallotPageParts): Promise<void> {
  await app.register(ballotPage, parts);
  await app.register(ballotApi, parts);
}
