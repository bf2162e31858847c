import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startVoting } from "@voting/testing";
import { renderReport } from "./bench-report.js";
import { measure } from "./measure.js";
import { type BenchArguments, parseArguments, SECTIONS, UsageError } from "./parse-arguments.js";
import { targetsOf } from "./targets.js";
import { openFilesLimit, viewerCounts } from "./viewers/viewer-counts.js";

const USAGE = `npm run bench -- [--only SECTION,...] [--seconds N] [--rows N] [--viewers N,...] [--viewer-seconds N] [--out DIR] [--json]

Measures the voting stack on this machine against the raw limits of the same run: a bare node:http server, XADD with the
same fsync, the same upsert into a bare table, a bare server of event streams. Needs wrk for the full loads, and
redis-server for the Redis queue.

  --only SECTION,...  some of ${SECTIONS.join(",")}
  --seconds N         length of each full load          (default 15)
  --rows N            votes in the table for the reads  (default 10,000,000)
  --viewers N,...     how many watch the result page    (default 5000,10000)
  --viewer-seconds N  length of each load with viewers  (default 10)
  --out DIR           where the report is written       (default .groundplan/bench)
  --json              the report on standard output as JSON

Examples:
  npm run bench
  npm run bench -- --only viewers
  npm run bench -- --only steady,viewers --viewers 1000 --viewer-seconds 3 --json

Exits 0 when it has measured, whether or not the targets are met.
`;

const say = (text: string): boolean => process.stderr.write(`${text}\n`);

try {
  const args = parseArguments(process.argv.slice(2));
  if (args.help) process.stdout.write(USAGE);
  else if ((args.sections.has("full") || args.sections.has("overload")) && spawnSync("wrk", ["--version"]).error) {
    say(
      `The full loads need wrk (Debian: apt-get install wrk); without it: --only ${SECTIONS.filter((name) => name !== "full" && name !== "overload").join(",")}`,
    );
    process.exitCode = 1;
  } else await bench(args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function bench(args: BenchArguments): Promise<void> {
  const { counts, advice } = viewerCounts(args.viewers, openFilesLimit());
  if (args.sections.has("viewers") && advice !== null) say(advice);
  say("starting the stack with data of its own");
  const run = await startVoting();
  try {
    const measured = await measure(run, { ...args, viewers: counts }, say);
    const report = { ...measured, targets: targetsOf(measured) };
    mkdirSync(args.out, { recursive: true });
    const file = join(args.out, `${report.at.replaceAll(":", "-")}.json`);
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    process.stdout.write(args.json ? `${JSON.stringify(report)}\n` : renderReport(report));
    say(`written to ${file}`);
  } finally {
    await run.close();
  }
}
