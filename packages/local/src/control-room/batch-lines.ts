import type { LogLine } from "../running-stack.js";

/** A burst would otherwise cost one event, one parse and one redraw a line in every open page. */
const SEND_EVERY_MS = 100;
/** The page shows no more than this; what would scroll away unseen is not sent. */
const MAX_LINES = 2_000;

export interface LineBatch {
  add(line: LogLine): void;
  /** Hands on at once what waits. */
  flush(): void;
  stop(): void;
}

/** Gathers lines and hands them on ten times a second. */
export function batchLines(send: (lines: readonly LogLine[]) => void): LineBatch {
  let waiting: LogLine[] = [];
  let timer: NodeJS.Timeout | null = null;

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function flush(): void {
    stop();
    const lines = waiting.slice(-MAX_LINES);
    waiting = [];
    if (lines.length > 0) send(lines);
  }

  return {
    add(line) {
      waiting.push(line);
      timer ??= setTimeout(flush, SEND_EVERY_MS);
    },
    flush,
    stop,
  };
}
