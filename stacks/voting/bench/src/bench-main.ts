import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startVoting, type VotingRun } from "@voting/testing";
import { BareServer } from "./bare-server.js";
import { type BenchReport, renderReport } from "./bench-report.js";
import { measureFullLoad } from "./full-load.js";
import { machineFacts, peakMemoryMb } from "./machine.js";
import { measureSteadyLoad } from "./steady-load.js";
import { measureStorageLimits } from "./storage-limits.js";
import { measureTallyReads } from "./tally-reads.js";
import { targetsOf } from "./targets.js";
import { wrk } from "./wrk.js";

const USAGE = `npm run bench -- [--seconds N] [--rows N] [--out DIR] [--json]

Measures the voting stack on this machine against the raw limits of the same run: a bare node:http server, XADD with the
same fsync, the same upsert into a bare table. Needs wrk, and redis-server for the Redis queue.

  --seconds N   length of each full load        (default 15)
  --rows N      votes in the table for the reads (default 10,000,000)
  --out DIR     where the report is written      (default .groundplan/bench)
  --json        the report on standard output as JSON

Exits 0 when it has measured, whether or not the targets are met.
`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "15" },
    rows: { type: "string", default: "10000000" },
    out: { type: "string", default: ".groundplan/bench" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) process.stdout.write(USAGE);
else if (spawnSync("wrk", ["--version"]).error) {
  process.stderr.write("The bench needs wrk (Debian: apt-get install wrk).\n");
  process.exitCode = 1;
} else await bench(Number(values.seconds), Number(values.rows));

async function bench(seconds: number, rows: number): Promise<void> {
  const say = (text: string): boolean => process.stderr.write(`${text}\n`);
  say("starting the stack with data of its own");
  const run = await startVoting();
  try {
    say("raw limits of the storage");
    const storage = await measureStorageLimits(run, 3);
    // Before the full loads: what they leave to clean up would be measured with it.
    say("steady load");
    const steady = await measureSteadyLoad(run, 2_000, 10);
    const full = await measureFullLoads(run, seconds, say);
    const memory = peakMemoryMb(run.stack);
    const tallies = await measureTallyReads(run, rows, (done) => say(`filling the table: ${done.toLocaleString("en")} rows`));
    const measured = {
      at: new Date().toISOString(),
      machine: machineFacts(),
      queue: run.redisUrl === null ? ("postgres" as const) : ("redis" as const),
      storage,
      full,
      steady,
      tallies,
      peakMemoryMb: memory,
    };
    const report = { ...measured, targets: targetsOf(measured) };
    mkdirSync(values.out, { recursive: true });
    const file = join(values.out, `${report.at.replaceAll(":", "-")}.json`);
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : renderReport(report));
    say(`written to ${file}`);
  } finally {
    await run.close();
  }
}

async function measureFullLoads(run: VotingRun, seconds: number, say: (text: string) => unknown): Promise<BenchReport["full"]> {
  const bare = await BareServer.start(run);
  try {
    say("warming up");
    for (const form of ["form", "json"] as const) {
      await bare.measure(form, 2);
      await wrk(run.voteUrl, form, 3);
    }
    say(`full load, form, ${seconds} s`);
    const form = await measureFullLoad(run, bare, "form", seconds);
    say(`full load, JSON, ${seconds} s`);
    return { form, json: await measureFullLoad(run, bare, "json", seconds) };
  } finally {
    await bare.stop();
  }
}
