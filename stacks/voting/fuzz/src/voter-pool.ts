import { until } from "@voting/proof";
import type { VotingRun } from "@voting/testing";
import { accepted, exchange } from "./expectations.js";
import { OPTIONS, render, voteRequest, withoutHeader } from "./request-text.js";
import { runExchange } from "./run-exchange.js";

/** Voters whose signed cookies the exchanges send: by its voter a ballot is traced to its exchange. */
export interface VoterPool {
  /** Signed cookie values. */
  readonly cookies: readonly string[];
  /** Of a voter whose cookie is only ever forged. */
  readonly victim: string;
  /** First votes that the service refused since the queue was too slow: they may be counted. */
  readonly refused: number;
}

export const idOf = (cookie: string): string => cookie.slice(0, 36);

/** Lets so many new voters vote once, which is how one gets a cookie. */
export async function fillVoterPool(run: VotingRun, size: number, connections: number): Promise<VoterPool> {
  const port = Number(new URL(run.voteUrl).port);
  const cookies: string[] = [];
  let asked = 0;
  let refused = 0;
  const ask = async (): Promise<void> => {
    while (asked <= size) {
      asked++;
      await until("a first vote is taken in", async () => {
        const cookie = await newCookie(port);
        if (cookie === null) refused++;
        else cookies.push(cookie);
        return cookie !== null;
      });
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  const [victim, ...rest] = cookies;
  return { cookies: rest.slice(0, size), victim: victim as string, refused };
}

/** `null`: the queue is too slow. */
async function newCookie(port: number): Promise<string | null> {
  const bytes = render(withoutHeader(voteRequest("api", OPTIONS[0]), "Cookie"));
  const first = { name: "a first vote", ...exchange(bytes, [accepted("api", OPTIONS[0], { voter: "new" })]) };
  const { answers } = await runExchange(first, bytes, port);
  if (answers[0]?.status === 503) return null;
  const cookie = /^voter_id=([^;]+)/.exec(answers[0]?.headers.get("set-cookie")?.[0] ?? "")?.[1];
  if (cookie?.length !== 59) throw new Error(`a first vote got no cookie: ${answers[0]?.status} ${answers[0]?.body}`);
  return cookie;
}
