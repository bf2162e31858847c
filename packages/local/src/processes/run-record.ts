import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@groundplan/model";
import { signalGroup } from "@groundplan/programs";
import { replaceFile } from "../replace-file.js";
import { endLeftover } from "./end-leftover.js";
import { processIdentity, UNKNOWN_IDENTITY } from "./process-identity.js";

interface RecordedProcess {
  readonly pid: number;
  /** See processIdentity: without it a later process with the same pid could be taken for this one. */
  readonly identity: string | null;
  readonly stopSignal: NodeJS.Signals;
}

interface RecordText {
  readonly stack: string;
  /** Which folder it was written in: a copy of the folder has a copy of the record, and what that tells of is the original's. */
  readonly folder?: string;
  readonly owner: { readonly pid: number; readonly identity: string | null };
  /** Where to see the stack, to tell somebody who starts it a second time. */
  readonly url: string | null;
  /** Where its parts listen, for programs that ask it something. */
  readonly ports: Readonly<Record<string, number>>;
  readonly parts: Readonly<Record<string, RecordedProcess>>;
}

/**
 * `run.json`: who runs the stack, and the processes that belong to it. It keeps a second run away from the same data, and
 * lets the next run end what a killed one left behind. A guardian knows the same list, to do so at once.
 */
export class RunRecord {
  readonly #path: string;
  readonly #onNote: (text: string) => void;
  readonly #guardian = new Guardian();
  #text: RecordText;
  #isWritable = true;

  private constructor(path: string, text: RecordText, onNote: (text: string) => void) {
    this.#path = path;
    this.#text = text;
    this.#onNote = onNote;
  }

  /**
   * Takes the stack's folder for this process, after ending what an earlier run left behind.
   *
   * @throws UserError when the stack runs already.
   */
  static async open(stateFolder: string, stack: string, onNote: (text: string) => void): Promise<RunRecord> {
    const path = join(stateFolder, "run.json");
    const text: RecordText = {
      stack,
      folder: folderIdentity(stateFolder),
      owner: { pid: process.pid, identity: processIdentity(process.pid) },
      url: null,
      ports: {},
      parts: {},
    };
    while (!claim(path, text)) {
      const earlier = read(stateFolder);
      if (earlier !== null) {
        if (isRunning(earlier.owner)) throw alreadyRuns(earlier);
        await endParts(earlier, onNote);
      }
      rmSync(path, { force: true });
    }
    return new RunRecord(path, text, onNote);
  }

  visibleAt(url: string | null): void {
    this.#write({ ...this.#text, url });
  }

  listensOn(ports: Readonly<Record<string, number>>): void {
    this.#write({ ...this.#text, ports });
  }

  started(name: string, pid: number, stopSignal: NodeJS.Signals): void {
    this.#write({ ...this.#text, parts: { ...this.#text.parts, [name]: { pid, identity: processIdentity(pid), stopSignal } } });
  }

  ended(name: string): void {
    const { [name]: _, ...parts } = this.#text.parts;
    this.#write({ ...this.#text, parts });
  }

  /** Gives the folder free. */
  async close(): Promise<void> {
    await this.#guardian.close();
    rmSync(this.#path, { force: true });
  }

  #write(text: RecordText): void {
    this.#text = text;
    this.#guardian.watch(Object.values(text.parts));
    try {
      replaceFile(this.#path, render(text), { mode: 0o644, durable: false });
      this.#isWritable = true;
    } catch (error) {
      // Somebody removed the folder, or the disk is full: worth a note, and no reason to leave a process unattended.
      if (this.#isWritable) this.#onNote(`${this.#path} cannot be written: ${(error as Error).message}`);
      this.#isWritable = false;
    }
  }
}

/** What a run that goes on now has recorded of itself; `null`: none goes on. */
export function recallRun(stateFolder: string): { readonly ports: Readonly<Record<string, number>> } | null {
  const text = read(stateFolder);
  return text !== null && isRunning(text.owner) ? text : null;
}

const render = (text: RecordText) => `${JSON.stringify(text, null, 2)}\n`;

/** False when there is a record already. */
function claim(path: string, text: RecordText): boolean {
  try {
    writeFileSync(path, render(text), { flag: "wx", mode: 0o644 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Stays the same when the folder is moved or reached by another path. */
function folderIdentity(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev}:${ino}`;
}

/** `null`: there is none of this folder, or it was damaged by a crash of the machine, which has ended every process it could name. */
function read(stateFolder: string): RecordText | null {
  try {
    const value = JSON.parse(readFileSync(join(stateFolder, "run.json"), "utf8")) as RecordText;
    if (value.folder !== undefined && value.folder !== folderIdentity(stateFolder)) return null;
    return typeof value.owner.pid === "number" && typeof value.parts === "object" ? value : null;
  } catch {
    return null;
  }
}

function isRunning({ pid, identity }: { readonly pid: number; readonly identity: string | null }): boolean {
  return identity !== null && processIdentity(pid) === identity;
}

async function endParts(earlier: RecordText, onNote: (text: string) => void): Promise<void> {
  // Where a process cannot be told from a later one with its number, none is ended: it could be anybody's.
  const left = Object.entries(earlier.parts).filter(([, part]) => part.identity !== UNKNOWN_IDENTITY && isRunning(part));
  if (left.length === 0) return;
  onNote(`an earlier run (pid ${earlier.owner.pid}) was killed: ending what it left behind (${left.map(([name]) => name).join(", ")})`);
  await Promise.all(left.map(([, part]) => endLeftover(part.pid, part.stopSignal, signalGroup)));
}

function alreadyRuns(earlier: RecordText): UserError {
  const place = earlier.url === null ? "" : `, ${earlier.url}`;
  return new UserError({
    message: `the stack "${earlier.stack}" is already running (pid ${earlier.owner.pid}${place})`,
    fix: "use that one, or stop it first with Ctrl-C in its terminal",
  });
}

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
class Guardian {
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
