import type { VotingRun } from "@voting/testing";
import { BareServer } from "./bare-server.js";
import type { BenchReport } from "./bench-report.js";
import { measureFullLoad } from "./full-load.js";
import { machineFacts, peakMemoryMb } from "./machine.js";
import { measureOverload } from "./overload/measure-overload.js";
import type { BenchArguments, Section } from "./parse-arguments.js";
import { measureSteadyLoad } from "./steady-load.js";
import { measureStorageLimits } from "./storage-limits.js";
import { measureTallyReads } from "./tally-reads.js";
import { measureViewers } from "./viewers/measure-viewers.js";
import { wrk } from "./wrk.js";

const VOTES_PER_SECOND = 2_000;

/** Measures the sections that are wanted, one after the other; the others are `null`. */
export async function measure(
  run: VotingRun,
  options: BenchArguments,
  say: (text: string) => unknown,
): Promise<Omit<BenchReport, "targets">> {
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
