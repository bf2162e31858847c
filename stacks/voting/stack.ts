import { build, stack } from "groundplan";

/** The ballot: vote offers these options, worker accepts no others from the classic list, result labels its bars with them. */
const poll = { OPTION_A: "Cats", OPTION_B: "Dogs" };

/** Compiled, with a young heap half the usual size: V8 would let it grow past what the work needs. Under --watch from source. */
const node = {
  local: "node --max-semi-space-size=8 dist/main.js",
  watch: { run: "node --conditions=source --import tsx src/main.ts", also: ["./ballots/src"] },
};
/** Ready: it can do its work. Live: nothing that a restart would help. Who kills what is not healthy asks only for that. */
const health = { ready: "/readyz", live: "/livez" };
const bundled = { before: "node ../bundle.mjs" };

export default stack("voting", (s) => {
  const voterKey = s.secret("voter-key");
  const db = s.postgres("db");
  const redis = s.redis("redis", { standIn: db });

  const vote = s.service("vote", {
    ...node,
    image: build("./vote", bundled),
    replicas: 2,
    port: 80,
    health,
    public: true,
    uses: { queue: redis },
    env: { ...poll, VOTER_KEY: voterKey },
  });
  const worker = s.service("worker", {
    ...node,
    image: build("./worker", bundled),
    replicas: 2,
    port: 8000,
    health,
    uses: { queue: redis, db },
    env: poll,
  });
  const result = s.service("result", {
    ...node,
    image: build("./result", bundled),
    port: 5001,
    health,
    public: true,
    uses: { db },
    env: { ...poll, VOTER_KEY: voterKey, VOTE_PAGE: vote.page },
  });
  vote.env({ RESULT_PAGE: result.page });

  const frontend = s.host("frontend", { subnet: "public", runs: [vote, result] });
  s.host("backend", { subnet: "private", runs: [redis, worker] });
  s.host("database", { subnet: "private", runs: [db] });
  s.monitoring({ on: frontend, alarms: { email: "ops@example.com" } });

  s.pipeline({
    // Each later level may lag behind the one before; once the stack has drained all four are equal.
    levels: {
      accepted: vote.metric("votes_accepted_total"),
      queued: vote.metric("votes_queued_total", { copies: "agree" }),
      persisted: result.metric("votes_persisted_total", { copies: "agree" }),
      visible: result.metric("votes_visible_total", { copies: "agree" }),
    },
    lag: { metric: vote.metric("votes_queue_held"), drainedBy: worker },
    latency: {
      accept: vote.metric("votes_accept_seconds"),
      "accept to persist": worker.metric("votes_accept_to_persist_seconds"),
    },
    errors: {
      refused: vote.metric("votes_refused_total"),
      rejected: worker.metric("votes_rejected_total"),
      "counting broke off": worker.metric("votes_count_failures_total"),
    },
    stops: {
      "ballots are missing": worker.metric("votes_missing"),
      "an entry needs a newer worker": worker.metric("votes_partitions_stopped"),
    },
  });
});
