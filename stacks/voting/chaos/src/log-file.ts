import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogLine } from "@groundplan/local";

/** What the parts print, kept until it is known whether anybody will want to read it. */
export class LogFile {
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
