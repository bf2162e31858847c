import { Counter, Gauge, type Registry } from "prom-client";
import type { ResultReader } from "./result-reader.js";
import type { TallyFeed } from "./tally-feed.js";
import type { Viewers } from "./viewers.js";

export interface MetricSources {
  readonly feed: TallyFeed;
  readonly reader: ResultReader;
  readonly viewers: Viewers;
  readonly onOutage: (error: Error) => void;
}

/** Totals are asked of the database at each scrape; while it is down they are missing, not zero. */
export function createMetrics(registry: Registry, { feed, reader, viewers, onOutage }: MetricSources): void {
  const registers = [registry];
  const standing = new Gauge({
    name: "votes_standing",
    help: "Voters whose standing vote is this option",
    labelNames: ["option"],
    registers,
  });
  new Counter({
    name: "votes_persisted_total",
    help: "Ballots in the ledger of PostgreSQL, each counted once",
    registers,
    async collect() {
      this.reset();
      try {
        const { persisted, results } = await reader.read();
        this.inc(persisted);
        standing.reset();
        for (const option of results.options) standing.set({ option: option.id }, option.votes);
      } catch (error) {
        this.remove();
        standing.reset();
        onOutage(error as Error);
      }
    },
  });
  new Counter({
    name: "votes_visible_total",
    help: "Ballots that the results shown to viewers include",
    registers,
    collect() {
      this.reset();
      if (feed.latest === null) this.remove();
      else this.inc(feed.latest.persisted);
    },
  });
  new Gauge({
    name: "result_viewers",
    help: "Open event streams",
    registers,
    collect() {
      this.set(viewers.count);
    },
  });
  new Counter({
    name: "result_viewers_dropped_total",
    help: "Viewers dropped because they did not read",
    registers,
    collect() {
      this.reset();
      this.inc(viewers.dropped);
    },
  });
}
