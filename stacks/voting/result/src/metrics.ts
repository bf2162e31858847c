import { collectTotal } from "@voting/ballots";
import { Counter, Gauge, type Registry } from "prom-client";
import type { ResultReader } from "./result-reader.js";
import type { TallyFeed } from "./tally-feed.js";

export interface MetricSources {
  readonly feed: TallyFeed;
  readonly reader: ResultReader;
  readonly onOutage: (error: Error) => void;
}

/** Totals are asked of the database at each scrape; while it is down they are missing, not zero. */
export function createMetrics(registry: Registry, { feed, reader, onOutage }: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: "votes_standing",
    help: "Voters whose standing vote is this option",
    labelNames: ["option"],
    registers,
    async collect() {
      try {
        const { results } = await reader.read();
        this.reset();
        for (const option of results.options) this.set({ option: option.id }, option.votes);
      } catch {
        this.reset(); // The counter below, which reads the same, says why.
      }
    },
  });
  new Counter({
    name: "votes_persisted_total",
    help: "Ballots in the ledger of PostgreSQL, each counted once",
    registers,
    async collect() {
      await collectTotal(this, async () => (await reader.read()).persisted, onOutage);
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
}
