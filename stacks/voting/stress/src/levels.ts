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

/** Reads every level where it is: the queue and the ledger by way of the services' metrics, which ask them at each scrape. */
export async function readLevels(client: StackClient): Promise<Levels> {
  const [vote, result, results] = await Promise.all([
    client.fromVote("/metrics"),
    client.fromResult("/metrics"),
    client.fromResult("/api/results"),
  ]);
  const voteText = requireOk(vote, "the vote service's metrics");
  return {
    accepted: readMetric(voteText, "votes_accepted_total"),
    queued: readMetric(voteText, "votes_queued_total"),
    held: readMetric(voteText, "votes_queue_held"),
    persisted: readMetric(requireOk(result, "the result service's metrics"), "votes_persisted_total"),
    visible: (JSON.parse(requireOk(results, "the results")) as { total: number }).total,
  };
}

/** The ids of the poll's options, in their order. */
export async function readOptionIds(client: StackClient): Promise<readonly string[]> {
  const { options } = JSON.parse(requireOk(await client.fromResult("/api/results"), "the results")) as { options: { id: string }[] };
  return options.map((option) => option.id);
}

/** The value of a metric without labels in Prometheus text. Throws when it is missing: then its source is down. */
export function readMetric(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`${name} is missing: what it is read from is down`);
  return Number(value);
}

function requireOk(answer: Answer, what: string): string {
  if (answer.status !== 200) throw new Error(`${what}: HTTP ${answer.status} ${answer.body.trim().slice(0, 200)}`);
  return answer.body;
}
