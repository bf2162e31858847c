import { until } from "../pause.js";
import { processIdentity } from "./process-identity.js";

/** How long a leftover may take to end by itself. */
const PATIENCE_MS = 10_000;

/**
 * Ends a process of an earlier run, which is nobody's child any more, and waits until it is gone. `send` reaches the process
 * alone, or the group that it leads.
 */
export async function endLeftover(pid: number, signal: NodeJS.Signals, send: (pid: number, signal: NodeJS.Signals) => void): Promise<void> {
  const identity = processIdentity(pid);
  if (identity === null) return;
  const gone = () => processIdentity(pid) !== identity;
  send(pid, signal);
  if (!(await until(gone, PATIENCE_MS))) {
    send(pid, "SIGKILL");
    await until(gone, PATIENCE_MS);
  }
}
