import { type StackDefinition, stack } from "@groundplan/model";

const poll = { OPTION_A: "Cats", OPTION_B: "Dogs" };
const run = {
  prepare: "node ../bundle.mjs",
  command: "node --max-semi-space-size=8 dist/main.js",
  dev: "node --conditions=source --import tsx src/main.ts",
  watch: ["./ballots/src"],
};

/** The same as stacks/voting/stack.ts, which a test checks: three hosts, four links, monitoring and a pipeline. */
export function votingStack(): StackDefinition {
  return stack("voting", (s) => {
    const voterKey = s.secret("voter-key");
    const db = s.postgres("db");
    const redis = s.redis("redis", { standIn: db });

    const vote = s.service("vote", {
      build: "./vote",
      ...run,
      replicas: 2,
      port: 80,
      public: true,
      uses: { queue: redis },
      env: { ...poll, VOTER_KEY: voterKey, RESULT_PAGE: s.pageOf("result") },
    });
    const worker = s.service("worker", {
      build: "./worker",
      ...run,
      replicas: 2,
      port: 8000,
      uses: { queue: redis, db },
      env: poll,
    });
    const result = s.service("result", {
      build: "./result",
      ...run,
      port: 5001,
      public: true,
      uses: { db },
      env: { ...poll, VOTER_KEY: voterKey, VOTE_PAGE: s.pageOf(vote) },
    });

    s.host("frontend", { subnet: "public", runs: [vote, result] });
    s.host("backend", { subnet: "private", runs: [redis, worker] });
    s.host("database", { subnet: "private", runs: [db] });
    s.monitoring({ on: "frontend", alarms: { email: "ops@example.com" } });

    s.pipeline(
      [
        { level: "accepted", at: vote, metric: "votes_accepted_total" },
        { level: "queued", at: vote, metric: "votes_queued_total", shared: true },
        { level: "persisted", at: result, metric: "votes_persisted_total", shared: true },
        { level: "visible", at: result, metric: "votes_visible_total", shared: true },
      ],
      {
        lag: { at: vote, metric: "votes_queue_held", drainedBy: worker },
        latencies: [
          { latency: "accept", at: vote, metric: "votes_accept_seconds" },
          { latency: "accept to persist", at: worker, metric: "votes_accept_to_persist_seconds" },
        ],
        errors: [
          { error: "refused", at: vote, metric: "votes_refused_total" },
          { error: "rejected", at: worker, metric: "votes_rejected_total" },
          { error: "counting broke off", at: worker, metric: "votes_count_failures_total" },
        ],
        stops: [
          { stop: "ballots are missing", at: worker, metric: "votes_missing" },
          { stop: "an entry needs a newer worker", at: worker, metric: "votes_partitions_stopped" },
        ],
      },
    );
  });
}
