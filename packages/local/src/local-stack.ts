import { type Plan, suggestName, UserError } from "@groundplan/model";
import type { LogBook } from "./logs/log-book.js";
import type { Part } from "./parts/part.js";
import type { LogLine, PartState, RunningStack } from "./running-stack.js";

/** A part, or what stands in for it on this machine. */
export type Member = { readonly name: string; readonly after: readonly string[] } & (
  | { readonly part: Part }
  | { readonly part: null; readonly state: PartState }
);

export interface LocalStackOptions {
  readonly plan: Plan;
  /** In start order. */
  readonly members: readonly Member[];
  readonly logs: LogBook;
  /** Called once, before the first part is ended. */
  readonly onStopping: () => void;
  /** Called once, after the last part has ended. */
  readonly onStopped: () => Promise<void>;
}

/** The parts of a stack that run on this machine, and what may be done with them. */
export class LocalStack implements RunningStack {
  readonly plan: Plan;
  readonly #options: LocalStackOptions;
  readonly #listeners = new Set<(state: PartState) => void>();
  #ended: Promise<void> | null = null;

  constructor(options: LocalStackOptions) {
    this.plan = options.plan;
    this.#options = options;
  }

  states(): readonly PartState[] {
    return this.#options.members.map((member) => (member.part === null ? member.state : member.part.state));
  }

  logs(): readonly LogLine[] {
    return this.#options.logs.lines();
  }

  onState(listener: (state: PartState) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  onLog(listener: (line: LogLine) => void): () => void {
    return this.#options.logs.listen(listener);
  }

  /** Tells the listeners. Called by the parts. */
  report(state: PartState): void {
    for (const listener of this.#listeners) listener(state);
  }

  /**
   * Starts every part as soon as all that it uses are healthy. Resolves when all are.
   *
   * @throws the first failure (rejects); the others go on, until `shutDown`.
   */
  async startAll(): Promise<void> {
    const healthy = new Map<string, Promise<void>>();
    for (const { name, after, part } of this.#options.members) {
      if (part === null) continue;
      const ready = Promise.all(after.map((other) => healthy.get(other))).then(() => {
        if (this.#ended !== null) return;
        part.start();
        return part.whenHealthy();
      });
      healthy.set(name, ready);
    }
    await Promise.all(healthy.values());
  }

  async stop(name: string): Promise<void> {
    await this.#part(name).stop();
  }

  async kill(name: string): Promise<void> {
    await this.#part(name).kill();
  }

  async restart(name: string): Promise<void> {
    const part = this.#part(name);
    await part.stop();
    if (this.#ended !== null)
      throw new UserError({ message: `${name} wasn't started: the stack is shutting down`, fix: "start the stack again" });
    part.start();
    await part.whenHealthy();
  }

  shutDown(): Promise<void> {
    if (this.#ended === null) {
      this.#options.onStopping();
      this.#ended = this.#stopAll().finally(() => this.#options.onStopped());
    }
    return this.#ended;
  }

  /** Every part once all that use it have ended. */
  async #stopAll(): Promise<void> {
    const ended = new Map<string, Promise<void>>();
    for (const { name, part } of [...this.#options.members].reverse()) {
      if (part === null) continue;
      const users = this.#options.members.filter((member) => member.after.includes(name));
      ended.set(
        name,
        Promise.all(users.map((user) => ended.get(user.name))).then(() => part.stop()),
      );
    }
    await Promise.all(ended.values());
  }

  #part(name: string): Part {
    const member = this.#options.members.find((candidate) => candidate.name === name);
    if (member === undefined) {
      const names = this.#options.members.map((candidate) => candidate.name);
      throw new UserError({
        message: `"${name}" isn't a part of this stack (parts: ${names.join(", ")})`,
        fix: suggestName(name, names),
      });
    }
    if (member.part === null) {
      throw new UserError({
        message: `${name} doesn't run here: ${member.state.standIn} serves its clients`,
        fix: `name ${member.state.standIn} instead`,
      });
    }
    return member.part;
  }
}
