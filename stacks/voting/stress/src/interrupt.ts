/** Ctrl-C under npm arrives twice, once from the terminal and once from npm: that close together it is one wish. */
const SAME_WISH_MS = 500;

/** Aborted by the first SIGINT or SIGTERM, after `onFirst`; one more ends the process at once, with exit code 1. */
export function listenForInterrupt(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  let firstMs: number | null = null;
  const listener = (): void => {
    if (firstMs === null) {
      firstMs = performance.now();
      onFirst();
      controller.abort();
    } else if (performance.now() - firstMs > SAME_WISH_MS) process.exit(1);
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return controller.signal;
}
