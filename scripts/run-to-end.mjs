import { spawn } from "node:child_process";
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program in a folder and waits for its end. Its output goes to standard error: standard output belongs to the command that
 * comes after. `onEnd` is called before anything is said about how it ended.
 * Exits this process when it fails, or when it is told to stop: the program then ends first, so that nothing works on in the folder.
 * (As the first process of a container this one would not even notice a signal that it does not listen for.)
 */
export async function runToEnd(program, args, { cwd, problem, onEnd = () => {} }) {
  let child = null;
  let stoppedBy = null;
  const listeners = SIGNALS.map((signal) => [
    signal,
    () => {
      // Who asks twice does not want to wait for a clean end.
      end(child, stoppedBy === null ? "SIGTERM" : "SIGKILL");
      stoppedBy = signal;
    },
  ]);
  // Before it starts: nothing may come between that would end this process alone.
  for (const [signal, listener] of listeners) process.on(signal, listener);
  const needsShell = program.endsWith(".cmd");
  // In a group of its own, Ctrl-C in the terminal reaches it once and through us, and what it started is reached too.
  child = spawn(program, args, { cwd, stdio: ["ignore", 2, 2], detached: process.platform !== "win32", shell: needsShell });
  const outcome = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code === 0 ? null : `it ended with ${signal ?? code}`));
  });
  for (const [signal, listener] of listeners) process.off(signal, listener);
  onEnd();
  if (stoppedBy !== null) {
    process.stderr.write("Stopped; the next start goes on from here.\n");
    process.exit(128 + constants.signals[stoppedBy]);
  }
  if (outcome !== null) fail(`${problem}: ${[program, ...args].join(" ")}: ${outcome}`);
}

export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function end(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
