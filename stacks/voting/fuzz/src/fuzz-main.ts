import { Failure, onInterrupt, parseDuration, parseOptions, runCommand, UsageError, wholeNumber } from "@voting/proof";
import { fuzz } from "./fuzz.js";
import { generate } from "./generate.js";
import { escapeBytes, renderFuzz } from "./render-fuzz.js";
import type { Observed } from "./run-exchange.js";

const USAGE = `npm run fuzz -- [--requests N] [--seed N] [--connections N] [--for 60s] [--json]
npm run fuzz -- --seed N --only INDEX [--queue-down]

Starts a voting stack with data of its own and sends it generated input over raw connections: valid votes, bad votes, broken HTTP,
slow and cut connections; also while the queue is down. Then holds every answer and every ballot against the contract.
Exits 0 only when all are as it says. The same seed sends the same bytes.

  --requests N      how many requests               (default 100000)
  --for TIME        ends after this time at the latest, for example 60s or 5m
  --seed N          0 to 4294967295                 (default: drawn, and printed)
  --connections N   how many at a time              (default 20)
  --only INDEX      carries out one exchange of the seed, and shows what is sent and what comes back
  --queue-down      with --only: while the queue is down
  --json            the report as one JSON object on standard output

Examples:
  npm run fuzz
  npm run fuzz -- --requests 10000 --seed 7
  npm run fuzz -- --seed 7 --only 4242
`;

await runCommand(USAGE, async (words) => {
  const { seed, requests, limitMs, connections, only, queueDown, json } = parseArguments(words);
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const stop = new AbortController();
  onInterrupt((signal) => stop.abort(new Failure(1, `stopped by ${signal}`)));
  say(`seed ${seed}`);
  if (only !== null) {
    const { name, bytes, steps } = generate(seed, only);
    say(`${name}\n${escapeBytes(bytes)}\n${steps.length > 8 ? `${steps.length} steps` : JSON.stringify(steps)}`);
  }
  const onObserved = ({ answers, end }: Observed): void => {
    for (const answer of answers) say(`${answer.status} ${JSON.stringify(Object.fromEntries(answer.headers))}\n${answer.body}`);
    say(`then: ${end}`);
  };
  try {
    const report = await fuzz({
      seed,
      connections,
      requests,
      limitMs,
      ...(only === null ? {} : { only: { index: only, queueDown, onObserved } }),
      onProgress: say,
      signal: stop.signal,
    });
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : renderFuzz(report));
    return report.passed ? 0 : 1;
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  }
});

function parseArguments(words: readonly string[]) {
  const specs = { requests: "N", for: "TIME", seed: "N", connections: "N", only: "INDEX", "queue-down": null, json: null };
  const { values, problems } = parseOptions(words, specs);
  const [seed, only, time] = [values.get("seed"), values.get("only"), values.get("for")];
  const queueDown = values.has("queue-down");
  if (queueDown && only === undefined) problems.push("--queue-down goes with --only");
  const limitMs = time === undefined ? Number.POSITIVE_INFINITY : (parseDuration(time, ["s", "m"]) ?? 0);
  if (limitMs === 0) problems.push(`--for must be a time like 60s or 5m, found "${time}"`);
  const parsed = {
    seed: seed === undefined ? Math.floor(Math.random() * 2 ** 32) : wholeNumber("--seed", seed, { min: 0, max: 2 ** 32 - 1 }, problems),
    only: only === undefined ? null : wholeNumber("--only", only, { min: 0, max: 1_000_000_000 }, problems),
    connections: wholeNumber("--connections", values.get("connections") ?? "20", { min: 1, max: 1_000 }, problems),
    requests: wholeNumber("--requests", values.get("requests") ?? "100000", { min: 1, max: 100_000_000 }, problems),
    limitMs,
    queueDown,
    json: values.has("json"),
  };
  if (problems.length > 0) throw new UsageError(problems);
  return parsed;
}
