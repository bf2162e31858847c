import { Failure } from "@voting/proof";
import type { Answer, StackClient } from "./stack-client.js";

/** What each level of a running stack holds. Totals of all time, but for `accepted`, which begins with the vote process. */
export interface Levels {
  /** Votes that this vote process has answered with 2xx. */
  readonly accepted: number;
  /** Ballots ever queued, as the queue itself tells. */
  readonly queued: number;
  /** Ballots that the queue holds; 0 when all are counted. */
  readonly held: number;
  /** Ballots in the ledger. */
  readonly persisted: number;
  /** Votes in the answer of the result API: one for each voter. */
  readonly visible: number;
}

/**
 * Reads every level where it is: the queue and the ledger by way of the services' metrics, which ask them at each scrape.
 *
 * @throws Failure (rejects) when a level cannot be read.
 */
export async function readLevels(client: StackClient): Promise<Levels> {
  const [vote, persisted, visible] = await Promise.all([client.fromVote("/metrics"), readPersisted(client), readResults(client)]);
  const text = requireOk(vote, "the vote service's metrics");
  return {
    accepted: readMetric(text, "votes_accepted_total"),
    queued: readMetric(text, "votes_queued_total"),
    held: readMetric(text, "votes_queue_held"),
    persisted,
    visible: visible.total,
  };
}

/** Ballots in the ledger. */
export async function readPersisted(client: StackClient): Promise<number> {
  return readMetric(requireOk(await client.fromResult("/metrics"), "the result service's metrics"), "votes_persisted_total");
}

/** The ids of the poll's options, in their order. */
export async function readOptionIds(client: StackClient): Promise<readonly string[]> {
  return (await readResults(client)).options.map((option) => option.id);
}

/** The value of a metric without labels in Prometheus text. Throws when it is missing: then its source is down. */
export function readMetric(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Failure(1, `${name} is missing: what it is read from is down, or this address is another service's`);
  return Number(value);
}

interface ResultsAnswer {
  readonly options: readonly { readonly id: string }[];
  readonly total: number;
}

async function readResults(client: StackClient): Promise<ResultsAnswer> {
  const text = requireOk(await client.fromResult("/api/results"), "the results");
  try {
    return JSON.parse(text) as ResultsAnswer;
  } catch {
    throw new Failure(1, `the results: not JSON but "${text.trim().slice(0, 60)}"; is this the address of the result service?`);
  }
}

function requireOk(answer: Answer, what: string): string {
  if (answer.status !== 200) throw new Failure(1, `${what}: HTTP ${answer.status} ${answer.body.trim().slice(0, 200)}`);
  return answer.body;
}
