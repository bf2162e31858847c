import { DEFAULT_URLS, runCommand } from "./command-line.js";
import { readLevels } from "./levels.js";
import { StackClient } from "./stack-client.js";

const USAGE = `npm run audit -- [--vote URL] [--result URL] [--json]

Prints the levels of a running voting stack, without load. Exits 0 when the queue is drained.

  accepted   votes answered with 2xx since the vote service started
  queued     ballots ever queued
  held       ballots that the queue still holds
  persisted  ballots in the ledger
  visible    votes on the result page: one for each voter
`;

await runCommand(USAGE, async ({ values }) => {
  const client = new StackClient({ vote: values.vote ?? DEFAULT_URLS.vote, result: values.result ?? DEFAULT_URLS.result }, 4);
  try {
    const levels = await readLevels(client);
    const text = Object.entries(levels).map(([name, count]) => `${name.padEnd(10)} ${String(count).padStart(9)}\n`);
    process.stdout.write(values.json ? `${JSON.stringify(levels)}\n` : text.join(""));
    if (levels.held > 0) process.stderr.write(`${levels.held} ballots are not counted yet\n`);
    return levels.held === 0 ? 0 : 1;
  } finally {
    client.close();
  }
});
