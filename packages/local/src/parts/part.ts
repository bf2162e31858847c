import { UserError } from "@groundplan/model";
import { LONGEST_LINE, type RunningProgram, startProgram } from "@groundplan/programs";
import type { LogBook } from "../logs/log-book.js";
import { pause } from "../pause.js";
import type { RunRecord } from "../processes/run-record.js";
import type { PartState } from "../running-stack.js";
import type { Timing } from "../timing.js";
import type { Program } from "./program.js";

/** What a part shares with the others of its stack. */
export interface PartContext {
  readonly logs: LogBook;
  readonly record: RunRecord;
  readonly timing: Timing;
  readonly onNote: (text: string) => void;
  readonly onState: (state: PartState) => void;
}

interface Session {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

const LAST_LINES = 10;

/**
 * Keeps one program running: starts it, watches its health, starts it again with back-off when it dies, ends it when asked.
 * From `start` to `stop` is a session; in it the program may run many times.
 */
export class Part {
  readonly #program: Program;
  readonly #context: PartContext;
  readonly #waiters = new Waiters();
  #state: PartState;
  #session: Session | null = null;
  #child: RunningProgram | null = null;

  constructor(program: Program, state: PartState, context: PartContext) {
    this.#program = program;
    this.#state = state;
    this.#context = context;
  }

  get state(): PartState {
    return this.#state;
  }

  /** Begins a session, unless there is one. */
  start(): void {
    if (this.#session !== null) return;
    const stop = new AbortController();
    const done = this.#run(stop.signal).finally(() => {
      this.#session = null;
      this.#set({ status: "stopped", reason: null, pid: null });
      this.#waiters.fail(this.#stopped());
    });
    this.#session = { stop, done };
  }

  /** Ends the session and the program; a part that was never started counts as stopped from now on. */
  async stop(): Promise<void> {
    if (this.#session === null) return this.#set({ status: "stopped", reason: null });
    this.#session.stop.abort();
    await this.#session.done;
  }

  /** Resolves when the process has ended; the session starts it again. */
  async kill(): Promise<void> {
    if (this.#child === null) {
      throw new UserError({ message: `${this.#state.name} isn't running now`, fix: `restart ${this.#state.name}` });
    }
    this.#child.signal("SIGKILL");
    await this.#child.exited;
  }

  /**
   * Resolves when the part is healthy, at once if it is.
   *
   * @throws UserError (rejects) when it dies too often, takes too long, or is stopped meanwhile.
   */
  async whenHealthy(): Promise<void> {
    if (this.#state.status === "healthy") return;
    if (this.#session === null) throw this.#stopped();
    const { startDeaths, startLimitMs, slowStartMs } = this.#context.timing;
    const { name } = this.#state;
    const slow = setInterval(
      () => this.#context.onNote(`still waiting for ${name}: ${this.#state.reason ?? "no answer yet"}`),
      slowStartMs,
    );
    const limit = setTimeout(() => {
      if (!this.#program.mayStartSlowly)
        this.#waiters.fail(this.#failure(`isn't healthy after ${startLimitMs / 1000} s: ${this.#state.reason ?? "no answer"}`));
    }, startLimitMs);
    try {
      await this.#waiters.wait(startDeaths);
    } finally {
      clearInterval(slow);
      clearTimeout(limit);
    }
  }

  async #run(stop: AbortSignal): Promise<void> {
    let deaths = 0;
    while (!stop.aborted) {
      const startedAt = Date.now();
      let healthyAt: number | null = null;
      let reason: string;
      try {
        this.#set({ status: "starting", reason: null });
        const launch = await this.#program.prepare(stop);
        if (stop.aborted) return;
        const child = await startProgram({ ...launch, longestLine: LONGEST_LINE }, (stream, text) =>
          this.#context.logs.add(this.#state.name, stream, text),
        );
        this.#context.record.started(this.#state.name, child.pid, this.#program.stopSignal);
        this.#child = child;
        this.#set({ pid: child.pid });
        try {
          healthyAt = await this.#follow(child, stop);
        } finally {
          await this.#end(child);
        }
        reason = (await child.exited).text;
      } catch (error) {
        this.#context.record.ended(this.#state.name);
        if (stop.aborted) return;
        reason = this.#explain(error);
      }
      if (stop.aborted) return;
      if (healthyAt !== null && Date.now() - healthyAt >= this.#context.timing.steadyMs) deaths = 0;
      deaths += 1;
      const waitMs = backOffMs(deaths);
      this.#set({ status: "restarting", reason, pid: null });
      this.#context.onNote(`${this.#state.name} ${reason} after ${seconds(Date.now() - startedAt)}; restarting it in ${seconds(waitMs)}`);
      this.#waiters.countDeath(() => this.#failure(`keeps failing: it ${reason}`));
      await pause(waitMs, stop);
      if (!stop.aborted) this.#set({ restarts: this.#state.restarts + 1 });
    }
  }

  /** Asks for the health until the child ends or the session does. Returns when the child became healthy, in ms since 1970. */
  async #follow(child: RunningProgram, stop: AbortSignal): Promise<number | null> {
    const { startPollMs, pollMs } = this.#context.timing;
    const startedAt = Date.now();
    const over = new AbortController();
    const end = () => over.abort();
    stop.addEventListener("abort", end, { once: true });
    void child.exited.then(end);
    let healthyAt: number | null = null;
    while (!over.signal.aborted && !stop.aborted) {
      const reason = await this.#program.check(over.signal, Date.now() - startedAt);
      if (over.signal.aborted) break;
      if (reason === null) {
        healthyAt ??= Date.now();
        this.#set({ status: "healthy", reason: null });
        this.#waiters.succeed();
      } else {
        this.#set({ status: healthyAt === null ? "starting" : "unhealthy", reason });
      }
      await pause(healthyAt === null ? startPollMs : pollMs, over.signal);
    }
    stop.removeEventListener("abort", end);
    return healthyAt;
  }

  /** Ends the child if it still runs, by force if it takes too long. */
  async #end(child: RunningProgram): Promise<void> {
    const { name } = this.#state;
    const stopLimitMs = this.#program.stopLimitMs ?? this.#context.timing.stopLimitMs;
    await this.#program.disconnect?.();
    child.signal(this.#program.stopSignal);
    const late = setTimeout(() => {
      this.#context.onNote(`${name} didn't stop within ${seconds(stopLimitMs)}: killed`);
      child.signal("SIGKILL");
    }, stopLimitMs);
    await child.exited;
    clearTimeout(late);
    this.#child = null;
    this.#context.record.ended(name);
  }

  /** What a failed start looks like to the user. What only the user can put right, and a bug, are told at once to those who wait. */
  #explain(error: unknown): string {
    if (error instanceof UserError) {
      this.#waiters.fail(error);
      return `cannot start: ${error.problems.map((problem) => problem.message).join("; ")}`;
    }
    if (!(error instanceof Error && "code" in error)) {
      this.#context.logs.add(this.#state.name, "stderr", error instanceof Error ? (error.stack ?? error.message) : String(error));
      this.#waiters.fail(error);
    }
    return `cannot start: ${error instanceof Error ? error.message : String(error)}`;
  }

  #stopped(): UserError {
    const { name } = this.#state;
    return new UserError({ message: `${name} was stopped before it was healthy`, fix: `start ${name} again` });
  }

  #failure(what: string): UserError {
    const { name } = this.#state;
    const lines = this.#context.logs.tail(name, LAST_LINES).map((line) => line.text);
    const said = lines.length > 0 ? "its last lines say why" : "it printed nothing";
    return new UserError({ message: `${name} ${what}`, detail: lines, fix: `fix ${name} (${said}), then start again` });
  }

  #set(change: Partial<PartState>): void {
    const before = this.#state;
    const next = { ...before, ...change };
    if (next.status === before.status && next.reason === before.reason && next.pid === before.pid && next.restarts === before.restarts)
      return;
    this.#state = { ...next, since: next.status === before.status ? before.since : Date.now() };
    this.#context.onState(this.#state);
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Deaths of the part that this waiter still takes. */
  deathsLeft: number;
}

/** Those who wait for a part to become healthy. */
class Waiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves with the next `succeed`, rejects with the next `fail` or after that many deaths. */
  wait(deathsLeft: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.add({ resolve, reject, deathsLeft }));
  }

  succeed(): void {
    for (const waiter of this.#takeAll()) waiter.resolve();
  }

  fail(error: unknown): void {
    for (const waiter of this.#takeAll()) waiter.reject(error);
  }

  countDeath(errorOf: () => Error): void {
    for (const waiter of [...this.#waiters]) {
      waiter.deathsLeft -= 1;
      if (waiter.deathsLeft > 0) continue;
      this.#waiters.delete(waiter);
      waiter.reject(errorOf());
    }
  }

  #takeAll(): readonly Waiter[] {
    const all = [...this.#waiters];
    this.#waiters.clear();
    return all;
  }
}

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** How long to wait before a part is started again that has died `deaths` times (1 or more) in a row. */
export function backOffMs(deaths: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (deaths - 1));
}
