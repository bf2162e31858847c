import { DEFAULT_URLS, failed, runCommand, wholeNumber } from "./command-line.js";
import { renderStress } from "./render-stress.js";
import { stress } from "./stress.js";

const USAGE = `npm run stress -- VOTES PARALLEL [--vote URL] [--result URL] [--json]

Casts VOTES votes by new voters, PARALLEL at a time, and follows every one of them:
accepted (HTTP) = queued (the queue) = persisted (PostgreSQL) = visible (result API).
Exits 0 only when all four agree and the ledger shows each accepted ballot as counted.

  --vote URL     the vote service     (default ${DEFAULT_URLS.vote})
  --result URL   the result service   (default ${DEFAULT_URLS.result})
  --json         one JSON object on standard output

Examples:
  npm run stress -- 1000 40
  npm run stress -- 5000 100 --vote http://127.0.0.1:9000 --json
`;

await runCommand(USAGE, async ({ positionals, values }) => {
  if (positionals.length !== 2) throw failed(2, "give the number of votes and how many at a time, for example: npm run stress -- 1000 40");
  const votes = wholeNumber("VOTES", positionals[0], 1, 10_000_000);
  const parallel = wholeNumber("PARALLEL", positionals[1], 1, 2_000);
  const live = process.stderr.isTTY === true && !values.json;
  const report = await stress({
    votes,
    parallel,
    vote: values.vote ?? DEFAULT_URLS.vote,
    result: values.result ?? DEFAULT_URLS.result,
    onProgress: (phase, done) => {
      if (live) process.stderr.write(`\r\x1b[2K${phase} ${done} of ${votes}`);
    },
  });
  if (live) process.stderr.write("\r\x1b[2K");
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : renderStress(report));
  return report.exact ? 0 : 1;
});
