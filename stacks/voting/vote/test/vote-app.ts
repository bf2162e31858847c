import { answerErrors, Keyring, optionsFrom } from "@voting/ballots";
import Fastify, { type FastifyInstance } from "fastify";
import { pino } from "pino";
import { Registry } from "prom-client";
import { BallotBox } from "../src/ballot-box.js";
import { registerVote } from "../src/build-vote.js";
import { createMetrics } from "../src/metrics.js";
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
  const keyring = new Keyring("a secret of the tests");
  const registry = new Registry();
  const options = optionsFrom(env);
  const metrics = createMetrics(registry, queue, () => undefined);
  const box = new BallotBox({ queue, keyring, options, metrics, onOutage: () => undefined });
  await registerVote(app, box, options, "http://results.example.com");
  return { app, queue, keyring, registry };
}
