import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, runCommand } from "@voting/proof";
import { startVoting, type VotingRun } from "@voting/testing";
import { BareServer } from "./bare-server.js";
import { type BenchReport, renderReport, type Target } from "./bench-report.js";
import { measureFullLoad } from "./full-load.js";
import { machineFacts, openFilesLimit, peakMemoryMb, viewerCounts } from "./machine.js";
import { measureOverload, type Overload } from "./overload/measure-overload.js";
import { type BenchArguments, parseArguments, SECTIONS, type Section } from "./parse-arguments.js";
import { measureSteadyLoad } from "./steady-load.js";
import { measureStorageLimits } from "./storage-limits.js";
import { measureTallyReads } from "./tally-reads.js";
import { measureViewers } from "./viewers/measure-viewers.js";
import { ratiosToBare, type ViewersLoad } from "./viewers/viewers-load.js";
import { wrk } from "./wrk.js";

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

const VOTES_PER_SECOND = 2_000;

const fullTargets = ({ form, json }: NonNullable<BenchReport["full"]>): readonly Target[] => [
  atLeast("form votes accepted, of a bare server's rate", form.perSecond / form.barePerSecond, 0.3, ""),
  atLeast("JSON votes accepted, of a bare server's rate", json.perSecond / json.barePerSecond, 0.4, ""),
  atMost("not persisted when the load ends", Math.max(form.behindPercent, json.behindPercent), 3, "%"),
  atMost("to persist the rest", Math.max(form.drainMs, json.drainMs), 1_000, "ms"),
  atMost("accept p99 at full load", Math.max(form.p99Ms, json.p99Ms), 15, "ms"),
];

const steadyTargets = ({ persistMs, visibleMs }: NonNullable<BenchReport["steady"]>): readonly Target[] => [
  atMost("accept to persist p50 at 2,000 votes/s", persistMs.p50, 5, "ms"),
  atMost("accept to persist p99 at 2,000 votes/s", persistMs.p99, 15, "ms"),
  atMost("accept to visible p99 at 2,000 votes/s", visibleMs.p99, 300, "ms"),
];

const overloadTargets = (load: Overload): readonly Target[] => [
  atLeast("accepted at five times the capacity, of the capacity", load.acceptedPerSecond / load.capacityPerSecond, 0.8, ""),
  atMost("accept p99 at five times the capacity", load.acceptedMs.p99, 1_000, "ms"),
  atMost("refuse p99 at five times the capacity", load.refusedMs.p99, 250, "ms"),
  atMost("refused without Retry-After", load.refusedWithoutRetryAfter, 0, ""),
  atMost("neither accepted nor refused", load.failed, 0, ""),
];

const atLeast = (name: string, found: number, limit: number, unit: string): Target => ({
  name,
  found: round(found),
  limit,
  meaning: "at least",
  unit,
  met: found >= limit,
});

const atMost = (name: string, found: number, limit: number, unit: string): Target => ({
  name,
  found: round(found),
  limit,
  meaning: "at most",
  unit,
  met: found <= limit,
});

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

const say = (text: string): boolean => process.stderr.write(`${text}\n`);

await runCommand(USAGE, async (words) => {
  const args = parseArguments(words);
  const loads: readonly Section[] = ["full", "overload"];
  if (loads.some((name) => args.sections.has(name)) && spawnSync("wrk", ["--version"]).error) {
    const others = SECTIONS.filter((name) => !loads.includes(name)).join(",");
    throw new Failure(1, `The full loads need wrk (Debian: apt-get install wrk); without it: --only ${others}`);
  }
  await bench(args);
  return 0;
});

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

/** Measures the sections that are wanted, one after the other; the others are `null`. */
async function measure(run: VotingRun, options: BenchArguments, say: (text: string) => unknown): Promise<Omit<BenchReport, "targets">> {
  const wanted = async <T>(section: Section, text: string, read: () => Promise<T>): Promise<T | null> => {
    if (!options.sections.has(section)) return null;
    say(text);
    return read();
  };
  const storage = await wanted("storage", "raw limits of the storage", () => measureStorageLimits(run, 3));
  // Before the full loads: what they leave to clean up would be measured with it.
  const steady = await wanted("steady", "steady load", () => measureSteadyLoad(run, VOTES_PER_SECOND, 10));
  const full = await wanted("full", "full loads", () => measureFullLoads(run, options.seconds, say));
  // Before the viewers, whose connections are counted for themselves.
  const memory = full === null ? null : peakMemoryMb(run.stack);
  const overload = await wanted("overload", "overload", () => measureOverload(run, options.seconds, say));
  const viewers = await wanted("viewers", "viewers", () => measureCrowds(run, options, say));
  const tallies = await wanted("tallies", "reading the tallies", () =>
    measureTallyReads(run, options.rows, (done) => say(`filling the table: ${done.toLocaleString("en")} rows`)),
  );
  return {
    at: new Date().toISOString(),
    machine: machineFacts(),
    queue: run.redisUrl === null ? "postgres" : "redis",
    storage,
    steady,
    full,
    overload,
    viewers,
    tallies,
    peakMemoryMb: memory,
  };
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

async function measureCrowds(
  run: VotingRun,
  { viewers: counts, viewerSeconds }: BenchArguments,
  say: (text: string) => unknown,
): Promise<NonNullable<BenchReport["viewers"]>> {
  const loads = [];
  for (const viewers of counts) {
    say(`${viewers.toLocaleString("en")} viewers, four times ${viewerSeconds} s`);
    loads.push(await measureViewers(run, { viewers, votesPerSecond: VOTES_PER_SECOND, seconds: viewerSeconds }));
  }
  return loads;
}

/** What of the targets can be told of this run. */
function targetsOf(report: Omit<BenchReport, "targets">): readonly Target[] {
  const { full, steady, overload, viewers, tallies, peakMemoryMb } = report;
  return [
    ...(full === null ? [] : fullTargets(full)),
    ...(steady === null ? [] : steadyTargets(steady)),
    ...(overload === null ? [] : overloadTargets(overload)),
    ...(viewers ?? []).flatMap(viewersTargets),
    ...(tallies ?? [])
      .slice(-1)
      .map(({ rows, tallyMs }) => atMost(`reading the tallies of ${rows.toLocaleString("en")} votes`, tallyMs, 2, "ms")),
    ...Object.entries(peakMemoryMb ?? {}).map(([name, mb]) => atMost(`resident memory of ${name}`, mb, 150, "MB")),
  ];
}

/** The bare server is as quick as one process can be; the service beside it also reads the tallies and answers others. */
function viewersTargets(load: ViewersLoad): readonly Target[] {
  const viewers = `${load.viewers.toLocaleString("en")} viewers`;
  const { p99, cpu } = ratiosToBare(load);
  return [
    atMost(`push p99 to ${viewers}, of a bare server's`, p99, 1.5, ""),
    ...(cpu === null ? [] : [atMost(`CPU for each event to ${viewers}, of a bare server's`, cpu, 1.5, "")]),
    atMost(`streams lost of ${viewers}`, load.service.lost, 0, ""),
  ];
}
