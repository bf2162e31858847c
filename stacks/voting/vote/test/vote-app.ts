import { answerErrors, type BallotQueue, Keyring, optionsFrom } from "@voting/ballots";
import Fastify, { type FastifyInstance } from "fastify";
import { pino } from "pino";
import { Registry } from "prom-client";
import { AddressLimit } from "../src/address-limit.js";
import { BallotBox } from "../src/ballot-box.js";
import { registerVote } from "../src/build-vote.js";
import { Gate } from "../src/gate.js";
import { createMetrics } from "../src/metrics.js";
import { TrustedProxies } from "../src/trusted-proxies.js";
import { MemoryQueue } from "./memory-queue.js";

export interface VoteApp {
  readonly app: FastifyInstance;
  readonly queue: MemoryQueue;
  readonly keyring: Keyring;
  readonly registry: Registry;
}

/** The vote service over a queue in memory, to be asked with `app.inject`. */
export async function voteApp(env: Record<string, string> = {}): Promise<VoteApp> {
  const app = Fastify({ bodyLimit: 4_096 });
  answerErrors(app, pino({ level: "silent" }));
  const queue = new MemoryQueue();
  return { app, queue, ...(await addVote(app, queue, env)) };
}

/** Puts the vote service's routes over a queue. */
export async function addVote(app: FastifyInstance, queue: BallotQueue, env: Record<string, string> = {}) {
  const keyring = new Keyring(env.VOTER_KEY ?? "a secret of the tests");
  const registry = new Registry();
  const options = optionsFrom(env);
  const metrics = createMetrics(registry, queue, () => undefined);
  const box = new BallotBox({ queue, keyring, options, metrics, onOutage: () => undefined });
  const addressLimit = new AddressLimit(env.VOTES_PER_ADDRESS);
  const gate = new Gate({ box, proxies: new TrustedProxies(env.TRUSTED_PROXIES), addressLimit });
  await registerVote(app, { box, gate, options, resultPage: "http://results.example.com" });
  return { keyring, registry };
}
