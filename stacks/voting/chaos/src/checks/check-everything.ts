import http from "node:http";
import { checkInvariants } from "@voting/stress";
import type { VotingRun } from "@voting/testing";
import { ask } from "../load/ask.js";
import type { Load } from "../load/load.js";
import { ballotOf, checkTruth, type Found, type Verdict } from "../truth/check-truth.js";
import { readFound } from "../truth/read-found.js";
import { isSafe, type Voter } from "../truth/voter.js";
import { type Settled, settle } from "./settle.js";

export interface Findings {
  readonly settled: Settled;
  readonly found: Found;
  readonly verdict: Verdict;
  /** What the stack says that the tables contradict, and what is not well. */
  readonly problems: readonly string[];
}

const AT_ONCE = 8;

const MAX_PROBLEMS = 20;

/**
 * The check of promises 1 to 5, after everything was put right and the load has stopped: waits until the stack is well by itself, then
 * holds what the voters know, what the tables have and what the services say against each other.
 *
 * @param limitMs How long the stack may take until it is well and has counted everything.
 */
export async function checkEverything(run: VotingRun, load: Load, limitMs: number): Promise<Findings> {
  const settled = await settle(run, limitMs);
  const found = await readFound(run.pool);
  const verdict = checkTruth(load.voters, found);
  const problems = [...settled.problems, ...load.problems, ...(await checkService(run, load.voters, found))];
  return { settled, found, verdict, problems };
}

/** All that is wrong, a sentence each. */
export const wrongIn = ({ verdict, problems }: Pick<Findings, "verdict" | "problems">): readonly string[] => [
  ...Object.values(verdict).flat(),
  ...problems,
];

/** What the stack itself says at the end, held against the tables: promises 3 to 5. A sentence for each contradiction. */
async function checkService(run: VotingRun, voters: readonly Voter[], found: Found): Promise<readonly string[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    const invariants = (await checkInvariants(run.pool))
      .filter(({ holds }) => !holds)
      .map(({ name, detail }) => `not so: ${name} (${detail})`);
    return [...invariants, ...(await checkResults(run, agent, found)), ...(await checkReceipts(run, agent, voters, found))];
  } finally {
    agent.destroy();
  }
}

async function checkResults(run: VotingRun, agent: http.Agent, { standing }: Found): Promise<readonly string[]> {
  const { body } = await ask(agent, `${run.resultUrl}/api/results`);
  const results = JSON.parse(body) as { options: { id: string; votes: number }[]; total: number };
  const problems = results.options.flatMap(({ id, votes }) => {
    const inTable = standing.filter((row) => row.vote === id).length;
    return votes === inTable ? [] : [`the result API says ${votes} votes for ${id}, the table has ${inTable}`];
  });
  return results.total === standing.length
    ? problems
    : [...problems, `the result API says ${results.total} votes in all, the table has ${standing.length}`];
}

/** Every receipt that was given: the ballot that stands is counted, all others are superseded. */
async function checkReceipts(
  run: VotingRun,
  agent: http.Agent,
  voters: readonly Voter[],
  { ledger, standing }: Found,
): Promise<readonly string[]> {
  const stands = new Set(standing.map((row) => row.ballot));
  const counted = new Set(ledger.map((row) => row.id));
  const receipts = voters.flatMap((voter) =>
    voter.votes.flatMap((vote) => (vote.receipt !== null && (isSafe(vote) || counted.has(ballotOf(vote.receipt))) ? [vote.receipt] : [])),
  );
  const problems: string[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, first) => {
      for (let i = first; i < receipts.length && problems.length < MAX_PROBLEMS; i += AT_ONCE) {
        const receipt = receipts[i] as string;
        const { status, body } = await ask(agent, `${run.resultUrl}/api/ballots/${receipt}`);
        const state = status === 200 ? (JSON.parse(body) as { state: string }).state : `HTTP ${status}`;
        const expected = stands.has(ballotOf(receipt)) ? "counted" : "superseded";
        if (state !== expected) problems.push(`receipt ${receipt} is ${state}, and should be ${expected}`);
      }
    }),
  );
  return problems;
}
