/** Signals a part's whole group, which it leads: a wrapper such as `npm run` is not left with children. One that has ended is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // Windows has no groups, and ends the process whatever the signal.
  signalProcess(process.platform === "win32" ? pid : -pid, signal);
}

/** Signals one process; one that has ended is fine. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
