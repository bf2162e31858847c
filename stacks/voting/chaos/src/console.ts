import type { ChaosNews, ChaosProgress } from "./chaos-options.js";
import { describeFault, type PlannedFault, seconds } from "./faults/fault.js";
import type { FaultRecord } from "./faults/recovery-watch.js";

/** Between two lines of progress where there is no terminal. */
const LINE_EVERY_MS = 10_000;

/** Tells on standard error how it goes: a line for each fault, and one of figures that a terminal shows in place. */
export class Console implements ChaosNews {
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
