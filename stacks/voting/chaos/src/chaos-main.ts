import { randomInt } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LiveConsole, onInterrupt, ReportFile, runCommand } from "@voting/proof";
import type { LogLine } from "@voting/testing";
import { chaos } from "./chaos.js";
import type { ChaosNews, ChaosProgress } from "./chaos-options.js";
import { type ChaosArguments, parseArguments, USAGE } from "./chaos-options.js";
import { isExact } from "./chaos-report.js";
import type { FaultRecord } from "./checks/watches.js";
import { describeFault, type PlannedFault, seconds } from "./faults/fault.js";
import { notPossible, startWorld, type World } from "./faults/world.js";
import { renderJson, renderReport } from "./render-report.js";

/** Between two lines of progress where there is no terminal. */
const LINE_EVERY_MS = 10_000;

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
  readonly #live = new LiveConsole(LINE_EVERY_MS);

  /** @param note Gets every line but those of progress. */
  constructor(note: (line: string) => void) {
    this.#note = note;
  }

  say(line: string): void {
    this.#live.say(line);
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
    this.#live.show({ lines: (width) => [line.slice(0, width)], line: () => `          ${line}` });
  }

  end(): void {
    this.#live.clear();
  }
}

await runCommand(USAGE, async (words) => {
  const wanted = parseArguments(words, () => randomInt(1_000_000));
  const file = wanted.reportFile === null ? null : new ReportFile(wanted.reportFile);
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
  onInterrupt(
    () => {
      stop.abort();
      out.say("stopping: what is broken is put right, then every vote is checked; once more ends without a check");
    },
    () => {
      out.say("ending without a check");
      keep = false;
      void close().finally(() => process.exit(1));
    },
  );
  out.say(`seed ${wanted.seed}: starting a stack of its own`);
  try {
    world = await startWorld({ kinds: wanted.kinds, onLog: log.add });
    for (const [kind, reason] of notPossible(world, wanted.kinds)) out.say(`not tried here: ${kind} (${reason})`);
    const report = await chaos(world, { ...wanted, stop: stop.signal, tell: out });
    out.end();
    process.stdout.write(wanted.json ? renderJson(report) : renderReport(report));
    file?.write(renderJson(report));
    keep = !isExact(report);
    return keep ? 1 : 0;
  } finally {
    await close();
    process.stderr.write(`to run the same faults again: npm run chaos -- ${commandLine(wanted)}\n`);
  }
});

function commandLine({ seed, forMs, kinds, votesPerSecond }: ChaosArguments): string {
  return `--seed ${seed} --for ${forMs}ms --faults ${kinds.join(",")} --rate ${votesPerSecond}`;
}
