import { stack } from "groundplan";

/** The ballot: vote offers these options, worker accepts no others from the classic list, result labels its bars with them. */
const poll = { OPTION_A: "Cats", OPTION_B: "Dogs" };

/**
 * How each service runs: compiled, with a young heap half the usual size (V8 would let it grow past what the work needs); under
 * `up --watch` from source, started again when it or what they share changes; in its image as one bundle.
 */
const run = {
  prepare: "node ../bundle.mjs",
  command: "node --max-semi-space-size=8 dist/main.js",
  dev: "node --conditions=source --import tsx src/main.ts",
  watch: ["./ballots/src"],
};

export default stack("voting", (s) => {
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

  // Each later level may lag behind the one before; once the stack has drained all four are equal.
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
