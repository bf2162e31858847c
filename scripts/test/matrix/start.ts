import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, until } from "@groundplan/testing";

/** For `test(name, { skip: needsRoot }, ...)`. */
export const needsRoot = process.platform === "linux" && process.getuid?.() === 0 ? false : "needs root on Linux";

const LIMIT_MS = 240_000;
const VOTER = fileURLToPath(new URL("cast-vote.mjs", import.meta.url));

/** How `npm start` is typed. */
export interface How {
  /** The checkout, or a link to it. */
  readonly folder: string;
  /** Kept of the data of earlier cases? Default: it is removed, as on a first start. */
  readonly keepsData?: boolean;
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** A command that runs `npm start`, for example in namespaces of its own. */
  readonly inside?: readonly string[];
  /** Default: `npm start --`. */
  readonly command?: readonly string[];
  /** Default: free ports for all that people visit. */
  readonly options?: readonly string[];
}

/** A start under way, or one that is over. */
export interface Start {
  readonly how: How;
  readonly child: ChildProcess;
  /** All it has printed so far. */
  readonly output: () => string;
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Types it. Its processes are ended, whatever becomes of the test. */
export async function start(how: How): Promise<Start> {
  if (how.keepsData !== true) rmSync(join(how.folder, ".groundplan"), { recursive: true, force: true });
  const command = [...(how.inside ?? []), ...(how.command ?? ["npm", "start", "--"]), ...(how.options ?? (await freePorts()))];
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: how.folder,
    env: environment(how.env),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    ...how.user,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
  }
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return { how, child, output: () => text, ended };
}

export interface Voted {
  readonly output: string;
  /** Votes counted before and after the one of this start. */
  readonly before: number;
  readonly total: number;
}

/** Does what ends it. */
export type Stop = (started: Start) => unknown;
export const CLEAN_END = /voting has stopped/;

/** Starts the stack, casts a vote, sees it counted, stops the stack, and sees that nothing is left running. */
export async function startAndVote(how: How, stop?: Stop): Promise<Voted> {
  const started = await start(how);
  try {
    await untilRunning(started);
    const counted = await castVote(started);
    await (stop ?? pressCtrlC)(started);
    await untilEnded(started);
    await nothingIsLeft(how.folder);
    if (stop === undefined) assert.match(started.output(), CLEAN_END);
    return { output: started.output(), ...counted };
  } finally {
    await endWhatIsLeft(started);
  }
}

/** The same again with the same data: the first vote is still there. */
export async function startTwice(how: How): Promise<Voted> {
  const first = await startAndVote(how);
  assert.equal(first.total, 1);
  const second = await startAndVote({ ...how, keepsData: true });
  assert.equal(second.total, 2);
  return second;
}

/** Starts what must not work, and resolves to all that it printed and how it ended. */
export async function startInVain(how: How): Promise<{ readonly output: string; readonly code: number | string }> {
  const started = await start(how);
  try {
    const code = await untilEnded(started);
    await nothingIsLeft(how.folder);
    return { output: started.output(), code };
  } finally {
    await endWhatIsLeft(started);
  }
}

/** As the terminal does: to all that run in the foreground. */
export function pressCtrlC({ child }: Start): void {
  process.kill(-(child.pid ?? Number.NaN), "SIGINT");
}

export async function untilRunning(started: Start): Promise<void> {
  const runs = () => /Ctrl-C stops everything/.test(started.output());
  await until("it runs, or has ended", () => runs() || hasEnded(started), LIMIT_MS).catch(() => undefined);
  assert.ok(runs(), `the stack does not run; it printed:\n${started.output()}`);
}

const hasEnded = ({ child }: Start): boolean => child.exitCode !== null || child.signalCode !== null;

export async function untilEnded(started: Start): Promise<number | string> {
  await until("it has ended", () => hasEnded(started), LIMIT_MS).catch(() => undefined);
  assert.ok(hasEnded(started), `it does not end; it printed:\n${started.output()}`);
  return started.ended;
}

export async function castVote({ child, how, output }: Start): Promise<{ readonly before: number; readonly total: number }> {
  const page = (name: string) => new RegExp(`^ +${name} +(http://\\S+)$`, "m").exec(output())?.[1] ?? "";
  // Where the stack has a network of its own, its voter is in there too.
  const enter = how.inside?.includes("--net") ? ["nsenter", "--net", `--target=${child.pid}`] : [];
  const [program = "", ...args] = [...enter, process.execPath, VOTER, page("vote"), page("result")];
  return JSON.parse(execFileSync(program, args, { encoding: "utf8", env: environment() }));
}

/** The process that the child has started, for example the first one of a container. */
export function firstBelow({ child }: Start): number {
  return Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ")[0]);
}

/** Where a shell would find it; `null`: nowhere. */
export function findProgram(name: string): string | null {
  const { status, stdout } = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

/** Waits until no process works in the folder, runs a program of it, or was started with its name. */
export async function nothingIsLeft(folder: string): Promise<void> {
  let left: readonly string[] = [];
  await until("nothing is left running", () => {
    left = processesOf(folder).map(({ pid, words }) => `${pid} ${words}`);
    return left.length === 0;
  }).catch(() => assert.deepEqual(left, [], "these are left running"));
}

/** After a test that failed; the others find nothing. */
export async function endWhatIsLeft(started: Start): Promise<void> {
  for (const { pid } of processesOf(started.how.folder)) signal(pid);
  if (!hasEnded(started)) signal(-(started.child.pid ?? Number.NaN));
  await started.ended;
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** On systems without /proc, those that have the folder in their command line. */
export function processesOf(folder: string): readonly { readonly pid: number; readonly words: string }[] {
  const real = realpathSync(folder);
  const isOurs = (text: string) => text.includes(folder) || text.includes(real);
  if (process.platform !== "linux") {
    const rows = execFileSync("ps", ["-A", "-o", "pid=,command="], { encoding: "utf8" }).split("\n").filter(isOurs);
    return rows.map((row) => ({ pid: Number.parseInt(row, 10), words: row }));
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), ...factsOf(name) }))
    .filter(({ facts }) => facts.some(isOurs));
}

function factsOf(pid: string): { readonly words: string; readonly facts: readonly string[] } {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return { words, facts: [words, readlinkSync(`/proc/${pid}/cwd`), readlinkSync(`/proc/${pid}/exe`)] };
  } catch {
    // It has ended, is a zombie or the kernel's, or another user's.
    return { words: "", facts: [] };
  }
}

export async function freePorts(): Promise<readonly string[]> {
  const [vote, result, room] = [await freePort(), await freePort(), await freePort()];
  return ["--port", `vote=${vote}`, "--port", `result=${result}`, "--control-room-port", String(room)];
}

/** This one without what the test runner and npm, which may have started it, have added. */
export function environment(changes: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_TEST|NODE_ENV$|NODE_OPTIONS$|TEST_|INIT_CWD$|COLOR$)/.test(name),
  );
  return Object.fromEntries(Object.entries({ ...Object.fromEntries(own), ...changes }).filter(([, value]) => value !== undefined));
}
