import { Random } from "../random.js";
import { FAULT_KINDS, type FaultKind, type PlannedFault } from "./fault.js";

/** A link of the stack that goes through a proxy. */
export interface LinkName {
  readonly from: string;
  readonly to: string;
}

export interface ScheduleOptions {
  readonly seed: number;
  /** Which kinds; their order does not matter. */
  readonly kinds: readonly FaultKind[];
  readonly links: readonly LinkName[];
  /** Where votes wait: without a Redis, "db". */
  readonly queue: "redis" | "db";
}

/** Pauses and cuts are longer than the services' timeouts (2 to 3 s) now and then. */
const SHORTEST_MS = 100;
const LONGEST_MS = 5_000;
const MAX_CLOCK_STEP_SECONDS = 3 * 3_600;
const MAX_DELAY_MS = 800;

/**
 * What is broken one after the other, without end, from the seed alone. Kinds come like cards from a shuffled deck, so that each one
 * comes about as often as every other. Some come two at once, some while the last is still being recovered from, and some when votes
 * are counted again: so a slow machine gets fewer of them, and counts votes all the same.
 */
export function* scheduleOf(options: ScheduleOptions): Generator<PlannedFault> {
  const random = new Random(options.seed);
  const kinds = FAULT_KINDS.filter((kind) => options.kinds.includes(kind));
  let deck: FaultKind[] = [];
  for (;;) {
    if (deck.length === 0) deck = random.shuffled(kinds);
    const kind = deck.pop();
    if (kind === undefined) return;
    yield { kind, ...startOf(random), ...detailOf(kind, random, options) };
  }
}

type Start = Pick<PlannedFault, "after" | "pauseMs">;

function startOf(random: Random): Start {
  const luck = random.next();
  if (luck < 0.15) return { after: "the last began", pauseMs: random.between(0, 20) };
  if (luck < 0.55) return { after: "the last began", pauseMs: random.between(200, 1_200) };
  return { after: "recovery", pauseMs: random.spread(20, 1_500) };
}

type Detail = Pick<PlannedFault, "target" | "how" | "forMs" | "amount">;

function detailOf(kind: FaultKind, random: Random, { links, queue }: ScheduleOptions): Detail {
  const parts = queue === "redis" ? ["worker", "vote", "redis", "db", "result"] : ["worker", "vote", "db", "result"];
  const lastingMs = (): number => random.spread(SHORTEST_MS, LONGEST_MS);
  switch (kind) {
    case "worker":
    case "vote":
    case "redis":
    case "result":
      return { target: kind, how: "kill -9", forMs: 0, amount: 0 };
    case "postgres":
      return { target: "db", how: random.pick(["kill -9", "kill -9", "kill -9 of the worker's backend"]), forMs: 0, amount: 0 };
    case "restart":
      return { target: random.pick([queue, "db", ...parts]), how: "SIGTERM", forMs: 0, amount: 0 };
    case "disconnect":
      return { target: random.pick([queue, "db"]), how: "closes every connection", forMs: 0, amount: 0 };
    case "pause": {
      const target = random.pick(parts);
      const how = target === "db" ? random.pick(["all processes", "postmaster", "the worker's backend"]) : "SIGSTOP";
      return { target, how, forMs: lastingMs(), amount: 0 };
    }
    case "partition":
      return partition(random, links, lastingMs());
    case "second-worker": {
      const how = random.pick(["then kill -9", "then kill -9", "then SIGTERM"]);
      return { target: "worker", how, forMs: random.between(800, LONGEST_MS), amount: random.between(1, 2) };
    }
    case "clock": {
      const amount = random.pick([-1, 1]) * random.spread(1, MAX_CLOCK_STEP_SECONDS);
      const how = `${amount > 0 ? "+" : ""}${amount} s`;
      return { target: random.pick(["vote", "worker"]), how, forMs: random.between(200, 3_000), amount };
    }
  }
}

function partition(random: Random, links: readonly LinkName[], forMs: number): Detail {
  const { from, to } = random.pick(links);
  const target = `${from}->${to}`;
  const how = random.pick(["cut", "refuse", "silence", "silence, then cut", "half-open", "half-open, then cut", "half-open back", "delay"]);
  if (how === "cut") return { target, how, forMs: 0, amount: 0 };
  return { target, how, forMs, amount: how === "delay" ? random.spread(5, MAX_DELAY_MS) : 0 };
}
