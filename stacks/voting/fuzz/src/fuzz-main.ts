import { parseArgs } from "node:util";
import { UserError } from "@groundplan/local";
import { escapeBytes } from "./escape-bytes.js";
import { fuzz } from "./fuzz.js";
import { generate } from "./generate.js";
import { renderFuzz } from "./render-fuzz.js";

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

class WrongUsage extends Error {}

const stop = new AbortController();

try {
  process.exitCode = await main();
} catch (error) {
  const wrong = error instanceof WrongUsage;
  if (wrong) process.stderr.write(`${error.message}\n\n${USAGE}`);
  else if (stop.signal.aborted) process.stderr.write(`${(stop.signal.reason as Error).message}\n`);
  else if (error instanceof UserError) process.stderr.write(`${error.message}\n`);
  else throw error;
  process.exitCode = wrong ? 2 : 1;
}

async function main(): Promise<number> {
  const values = readArguments();
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : wholeNumber("--seed", values.seed, 0, 2 ** 32 - 1);
  const index = values.only === undefined ? null : wholeNumber("--only", values.only, 0, 1_000_000_000);
  if (values["queue-down"] && index === null) throw new WrongUsage("--queue-down goes with --only");
  const connections = wholeNumber("--connections", values.connections, 1, 1_000);
  const requests = wholeNumber("--requests", values.requests, 1, 100_000_000);
  const limitMs = values.for === undefined ? Number.POSITIVE_INFINITY : duration(values.for);
  const say = (text: string) => process.stderr.write(`${text}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  say(`seed ${seed}`);
  if (index !== null) {
    const { name, bytes, steps } = generate(seed, index);
    say(`${name}\n${escapeBytes(bytes)}\n${steps.length > 8 ? `${steps.length} steps` : JSON.stringify(steps)}`);
  }
  const report = await fuzz({
    seed,
    connections,
    requests,
    limitMs,
    ...(index === null
      ? {}
      : {
          only: {
            index,
            queueDown: values["queue-down"],
            onObserved: ({ answers, end }) => {
              for (const answer of answers) say(`${answer.status} ${JSON.stringify(Object.fromEntries(answer.headers))}\n${answer.body}`);
              say(`then: ${end}`);
            },
          },
        }),
    onProgress: say,
    signal: stop.signal,
  });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : renderFuzz(report));
  return report.passed ? 0 : 1;
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        requests: { type: "string", default: "100000" },
        for: { type: "string" },
        seed: { type: "string" },
        connections: { type: "string", default: "20" },
        only: { type: "string" },
        "queue-down": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new WrongUsage(`${name} must be a whole number from ${min} to ${max.toLocaleString("en")}, found "${text}"`);
  }
  return value;
}

/** A time like 60s or 5m, in ms. */
function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,6})(s|m)$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) throw new WrongUsage(`--for must be a time like 60s or 5m, found "${text}"`);
  return Number(amount) * (unit === "m" ? 60_000 : 1_000);
}
