import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Reads the list of running parts from its stdin, a new list a line. When stdin ends with a list that is not empty,
 * groundplan was killed: it then asks every part to end, and kills what is left after 10 s.
 */
const SCRIPT = `
parts=
while read -r line; do parts=$line; done
for part in $parts; do kill -s "\${part%%:*}" -- "-\${part#*:}" 2>/dev/null; done
for second in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for part in $parts; do kill -0 -- "-\${part#*:}" 2>/dev/null && left="$left \${part#*:}"; done
  [ -z "$left" ] && exit 0
  sleep 1
done
for group in $left; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

export interface GuardedProcess {
  readonly pid: number;
  readonly stopSignal: NodeJS.Signals;
}

/**
 * A small shell that outlives groundplan by a moment, so that `kill -9` of groundplan ends its parts too. On Windows, or
 * without a shell, there is none; the next start cleans up then (see run-record.ts).
 */
export class Guardian {
  readonly #shell: ChildProcess | null;

  constructor() {
    this.#shell =
      process.platform === "win32"
        ? null
        : spawn("/bin/sh", ["-c", SCRIPT], {
            stdio: ["pipe", "ignore", "ignore"],
            detached: true,
            // Whatever programs the user's PATH leaves out: without `sleep` it would wait for nobody.
            env: { PATH: `${process.env.PATH ?? ""}:/usr/bin:/bin` },
          });
    // A shell that is missing or was killed is no reason to fail: its work is done by the next start instead.
    this.#shell?.on("error", () => {});
    this.#shell?.stdin?.on("error", () => {});
    this.#shell?.unref();
  }

  watch(processes: readonly GuardedProcess[]): void {
    this.#shell?.stdin?.write(`${processes.map(({ pid, stopSignal }) => `${stopSignal.slice("SIG".length)}:${pid}`).join(" ")}\n`);
  }

  /** Resolves when the shell has ended. */
  async close(): Promise<void> {
    const shell = this.#shell;
    if (shell === null || shell.pid === undefined || shell.exitCode !== null || shell.signalCode !== null) return;
    const exited = once(shell, "exit");
    shell.ref();
    this.watch([]);
    shell.stdin?.end();
    await exited;
  }
}
