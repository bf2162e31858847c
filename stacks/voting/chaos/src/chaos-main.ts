import { randomInt } from "node:crypto";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { chaos } from "./chaos.js";
import { type ChaosReport, isExact } from "./chaos-report.js";
import { Console } from "./console.js";
import { notPossible, startWorld, type World } from "./faults/world.js";
import { LogFile } from "./log-file.js";
import { type ChaosArguments, parseArguments, USAGE, UsageError } from "./parse-arguments.js";
import { renderJson } from "./render-json.js";
import { renderReport } from "./render-report.js";

try {
  const wanted = parseArguments(process.argv.slice(2), () => randomInt(1_000_000));
  if (wanted === "help") process.stdout.write(USAGE);
  else process.exitCode = await main(wanted);
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${(error as Error).message}\n${isUsage ? `\n${USAGE}` : ""}`);
  process.exitCode = isUsage ? 2 : 1;
}

async function main(wanted: ChaosArguments): Promise<number> {
  requireWritable(wanted.reportFile);
  const stop = new AbortController();
  const log = new LogFile();
  const out = new Console(log.note);
  let world: World | null = null;
  let keep = true;
  const close = async (): Promise<void> => {
    await world?.close({ keepData: keep });
    await log.close({ keep });
    if (!keep) return;
    if (world !== null) process.stderr.write(`the data is left in ${world.run.stateFolder}\n`);
    process.stderr.write(`what the parts printed is in ${log.path}\n`);
  };
  listenForInterrupt(stop, out, async () => {
    keep = false;
    await close();
  });
  out.say(`seed ${wanted.seed}: starting a stack of its own`);
  try {
    world = await startWorld({ kinds: wanted.kinds, onLog: log.add });
    for (const [kind, reason] of notPossible(world, wanted.kinds)) out.say(`not tried here: ${kind} (${reason})`);
    const report = await chaos(world, { ...wanted, stop: stop.signal, tell: out });
    out.end();
    print(report, wanted);
    keep = !isExact(report);
    return keep ? 1 : 0;
  } finally {
    await close();
    process.stderr.write(`to run the same faults again: npm run chaos -- ${commandLine(wanted)}\n`);
  }
}

function print(report: ChaosReport, { json, reportFile }: ChaosArguments): void {
  process.stdout.write(json ? renderJson(report) : renderReport(report));
  if (reportFile !== null) writeFileSync(reportFile, renderJson(report));
}

/** Before the run, not after it. */
function requireWritable(path: string | null): void {
  if (path === null) return;
  try {
    closeSync(openSync(path, "a"));
  } catch (error) {
    throw new UsageError(`--report: ${path} cannot be written (${(error as Error).message}); name a file in a folder that exists`);
  }
}

/** The first one ends the faults, the second one everything, the third one is for somebody in a hurry. */
function listenForInterrupt(stop: AbortController, out: Console, end: () => Promise<void>): void {
  let times = 0;
  const interrupt = (): void => {
    times++;
    if (times > 2) process.exit(1);
    if (times === 2) {
      out.say("ending without a check");
      void end().finally(() => process.exit(1));
      return;
    }
    stop.abort();
    out.say("stopping: what is broken is put right, then every vote is checked; once more ends without a check");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
}

function commandLine({ seed, forMs, kinds, votesPerSecond }: ChaosArguments): string {
  return `--seed ${seed} --for ${forMs}ms --faults ${kinds.join(",")} --rate ${votesPerSecond}`;
}
