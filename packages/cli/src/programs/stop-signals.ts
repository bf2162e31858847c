export interface StopSignals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Resolves with the first signal. */
  readonly received: Promise<void>;
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Ctrl-C under npm arrives twice, once from the terminal and once from npm: that close together it is not a second wish. */
const SAME_WISH_MS = 500;

/**
 * Listens for the wish to stop. The first signal asks for a clean end; one more, while that is going on, ends this process
 * at once, and what it started is ended by its guardian.
 */
export function listenForStop(onFirst: () => void): StopSignals {
  const controller = new AbortController();
  let firstAt: number | null = null;
  let resolve = () => {};
  const received = new Promise<void>((done) => {
    resolve = done;
  });

  const listener = () => {
    if (firstAt === null) {
      firstAt = Date.now();
      onFirst();
      controller.abort();
      resolve();
    } else if (Date.now() - firstAt > SAME_WISH_MS) {
      process.exit(1);
    }
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    received,
    release() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
