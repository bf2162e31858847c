import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const exec = promisify(execFile);

export type Form = "form" | "json";

/** Where each kind of vote is posted. */
export const PATHS = { form: "/", json: "/api/votes" } as const;

export interface WrkResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx or 3xx, and requests without an answer. */
  readonly errors: number;
}

/** A load at full speed, by wrk. @param connections Default: 50 */
export async function wrk(origin: string, form: Form, seconds: number, connections = 50): Promise<WrkResult> {
  const script = fileURLToPath(new URL(`../wrk/${form}.lua`, import.meta.url));
  const { stdout } = await exec("wrk", ["-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-s", script, origin + PATHS[form]]);
  return {
    perSecond: Number(find(stdout, /Requests\/sec:\s+([\d.]+)/)),
    p50Ms: milliseconds(find(stdout, /^\s+50%\s+(\S+)/m)),
    p99Ms: milliseconds(find(stdout, /^\s+99%\s+(\S+)/m)),
    errors: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0) + socketErrors(stdout),
  };
}

function find(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`wrk printed no ${pattern}:\n${text}`);
  return found;
}

function milliseconds(text: string): number {
  const factor = { us: 0.001, ms: 1, s: 1000 }[text.replace(/[\d.]+/, "")];
  if (factor === undefined) throw new Error(`wrk printed an unknown unit: ${text}`);
  return Number.parseFloat(text) * factor;
}

function socketErrors(text: string): number {
  const counts = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  return counts.reduce((sum, count) => sum + Number(count), 0);
}
