import { randomInt } from "node:crypto";
import { closeSync, createWriteStream, mkdtempSync, openSync, rmSync, type WriteStream, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogLine } from "@groundplan/local";
import { chaos } from "./chaos.js";
import type { ChaosNews, ChaosProgress } from "./chaos-options.js";
import { type ChaosReport, isExact } from "./chaos-report.js";
import { describeFault, type PlannedFault, seconds } from "./faults/fault.js";
import type { FaultRecord } from "./faults/recovery-watch.js";
import { notPossible, startWorld, type World } from "./faults/world.js";
import { type ChaosArguments, parseArguments, USAGE, UsageError } from "./parse-arguments.js";
import { renderJson } from "./render-json.js";
import { renderReport } from "./render-report.js";

/** Between two lines of progress where there is no terminal. */
const LINE_EVERY_MS = 10_000;

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

/** What the parts print, kept until it is known whether anybody will want to read it. */
class LogFile {
  readonly path = join(mkdtempSync(join(tmpdir(), "groundplan-chaos-")), "parts.log");
  readonly #stream: WriteStream = createWriteStream(this.path);

  readonly add = ({ time, from, text }: LogLine): void => {
    // The parts' last lines come when a second Ctrl-C has closed it already.
    if (!this.#stream.writableEnded) this.#stream.write(`${new Date(time).toISOString()} ${from}: ${text}\n`);
  };

  /** A line of the run's own between those of the parts. */
  readonly note = (text: string): void => this.add({ time: Date.now(), from: "chaos", stream: "stderr", text });

  async close({ keep }: { readonly keep: boolean }): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.end(resolve));
    if (!keep) rmSync(join(this.path, ".."), { recursive: true });
  }
}

/** Tells on standard error how it goes: a line for each fault, and one of figures that a terminal shows in place. */
class Console implements ChaosNews {
  readonly #note: (line: string) => void;
  readonly #live = process.stderr.isTTY === true;
  #lastLineMs = performance.now();

  /** @param note Gets every line but those of progress. */
  constructor(note: (line: string) => void) {
    this.#note = note;
  }

  say(line: string): void {
    this.#clear();
    process.stderr.write(`${line}\n`);
    this.#note(line);
  }

  fault({ fault, beganMs }: FaultRecord): void {
    this.say(`${seconds(beganMs).padStart(8)}  ${describeFault(fault)}`);
  }

  missed(fault: PlannedFault, reason: string): void {
    this.say(`          not possible: ${describeFault(fault)} (${reason})`);
  }

  phase(sentence: string): void {
    this.say(sentence);
  }

  progress({ faults, acknowledged, unanswered, refused, lag }: ChaosProgress): void {
    const line = `${faults} faults, ${acknowledged} votes acknowledged, ${unanswered} unanswered, ${refused} refused, lag ${lag}`;
    if (this.#live) {
      this.#clear();
      process.stderr.write(line);
    } else if (performance.now() - this.#lastLineMs > LINE_EVERY_MS) {
      this.#lastLineMs = performance.now();
      process.stderr.write(`          ${line}\n`);
    }
  }

  end(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#live) process.stderr.write("\r\x1b[2K");
  }
}
