import { pause } from "@voting/proof";
import { type Percentiles, percentilesOf, type StackClient } from "@voting/stress";

const INTERVAL_MS = 50;
const PATHS = ["/healthz", "/api/results"] as const;

/** How long the result service takes, in ms, to answer what is no stream. */
export type Probes = Readonly<Record<(typeof PATHS)[number], Percentiles>>;

/** Begins to ask; the returned function ends that. Rejects when an answer was not 200. */
export function startProber(client: StackClient): () => Promise<Probes> {
  let isStopped = false;
  const askInTurn = async (path: string): Promise<Percentiles> => {
    const answerMs: number[] = [];
    while (!isStopped) {
      const askedMs = performance.now();
      const { status, body } = await client.fromResult(path);
      if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body}`);
      answerMs.push(performance.now() - askedMs);
      await pause(INTERVAL_MS);
    }
    return percentilesOf(answerMs);
  };
  const asking = Promise.all(PATHS.map(async (path) => [path, await askInTurn(path)] as const));
  asking.catch(() => undefined); // Told when it is ended.
  return async () => {
    isStopped = true;
    return Object.fromEntries(await asking) as Probes;
  };
}
