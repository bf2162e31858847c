import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** Of a process that runs, on a system that does not tell cheaply when it started. */
export const UNKNOWN_IDENTITY = "unknown";

/**
 * What tells a running process from a later one with the same pid: when it started. `null`: it does not run (a zombie, which
 * has ended and only waits to be counted, does not run either).
 */
export function processIdentity(pid: number): string | null {
  if (process.platform === "linux") return linuxIdentity(pid);
  if (process.platform === "win32") return isAlive(pid) ? UNKNOWN_IDENTITY : null;
  const [state = "Z", ...started] = ps(pid, "state=,lstart=").split(/\s+/);
  return state.startsWith("Z") ? null : started.join(" ");
}

/** Whether that process is `program`, at work in `folder` (on systems that tell; elsewhere the program's name decides). */
export function runsIn(pid: number, program: string, folder: string): boolean {
  if (processIdentity(pid) === null) return false;
  if (process.platform === "linux") return linkTarget(`/proc/${pid}/cwd`) === folder;
  return process.platform !== "win32" && ps(pid, "command=").includes(program);
}

function linuxIdentity(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  // "pid (name) state ppid ...": the name may hold spaces and brackets. Field 22 is the start, in ticks since boot.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0] ?? "X";
  return state === "Z" || state === "X" ? null : `${bootId()}/${fields[19]}`;
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "boot";
  }
}

function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** Empty when there is no such process: `ps` fails then. */
function ps(pid: number, columns: string): string {
  try {
    return execFileSync("ps", ["-o", columns, "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
