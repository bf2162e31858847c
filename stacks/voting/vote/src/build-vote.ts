import { Keyring, openQueue, optionsFrom, requireEnv, type ServiceContext, type ServiceParts } from "@voting/ballots";
import { ballotApi } from "./ballot-api.js";
import { BallotBox } from "./ballot-box.js";
import { ballotPage } from "./ballot-page.js";
import { createMetrics } from "./metrics.js";

/** Puts the vote service together: the page and the API, both over one ballot box. */
export async function buildVote(context: ServiceContext): Promise<ServiceParts> {
  const options = optionsFrom(process.env);
  const keyring = new Keyring(requireEnv("VOTER_KEY"));
  const queue = openQueue(requireEnv("QUEUE_URL"), context.onOutage);
  const metrics = createMetrics(context.registry, queue, context.onOutage);
  const box = new BallotBox({ queue, keyring, options, metrics, onOutage: context.onOutage });
  await context.app.register(ballotPage, { box, options });
  await context.app.register(ballotApi, { box });
  return { check: () => queue.check(), close: () => queue.close() };
}
