import { build, type StackBuilder, stack } from "../../src/index.js";
import type { BrokenStack, LooseBuilder } from "./broken-stack.js";

const javascript = (define: (s: LooseBuilder) => void) => stack("test", define as unknown as (s: StackBuilder) => void);

/** A handle of another stack, as a variable shared by two files would be. */
function foreign<T>(make: (s: StackBuilder) => T): T {
  const made: T[] = [];
  stack("other", (s) => {
    made.push(make(s));
  });
  return made[0] as T;
}

/** References that are no handles of this stack: the type checker refuses them, and a plain JavaScript file is told here. */
export const brokenReferences: readonly BrokenStack[] = [
  {
    name: "references by name, each with the constant that is meant",
    stack: javascript((s) => {
      s.postgres("vote-db");
      s.redis("redis", { standIn: "vote-db" });
      s.service("vote", { image: build("./vote"), port: 80, uses: { queue: "redsi", mail: "mailer" } });
      s.host("frontend", { subnet: "public", runs: ["vote", "redis", "vote-db"] });
      s.monitoring({ on: "frontend" });
    }),
    problems: [
      {
        at: "redis.redis.standIn",
        code: "STAND_IN_INVALID",
        message: '"vote-db" is only a name, and a PostgreSQL is given by its constant',
        found: '"vote-db"',
        allowed: "a PostgreSQL declared above: voteDb",
        fix: 'write voteDb without quotes, from const voteDb = s.postgres("vote-db", ...)',
      },
      {
        at: "services.vote.uses.queue",
        code: "LINK_TARGET_UNKNOWN",
        message: '"redsi" is only a name, and a component is given by its constant',
        found: '"redsi"',
        allowed: "a component declared above: voteDb, redis, vote",
        fix: 'write redis without quotes, from const redis = s.redis("redis", ...)',
      },
      {
        at: "services.vote.uses.mail",
        code: "LINK_TARGET_UNKNOWN",
        message: '"mailer" is only a name, and a component is given by its constant',
        found: '"mailer"',
        allowed: "a component declared above: voteDb, redis, vote",
        fix: "declare it above with s.service, s.redis or s.postgres, and write the constant",
      },
      ...["vote", "redis", "vote-db"].map((name, index) => ({
        at: `hosts.frontend.runs[${index}]`,
        code: "HOST_RUNS_UNKNOWN" as const,
        message: `"${name}" is only a name, and a component is given by its constant`,
        found: `"${name}"`,
        allowed: "a component declared above: voteDb, redis, vote",
        fix: `write ${["vote", "redis", "voteDb"][index]} without quotes, from const ${["vote", "redis", "voteDb"][index]} = s.${["service", "redis", "postgres"][index]}("${name}", ...)`,
      })),
      {
        at: "monitoring.on",
        code: "MONITORING_HOST_UNKNOWN",
        message: '"frontend" is only a name, and a host is given by its constant',
        found: '"frontend"',
        allowed: "a host declared above: frontend",
        fix: 'write frontend without quotes, from const frontend = s.host("frontend", ...)',
      },
    ],
  },
  {
    name: "handles and metrics of another stack, also where a component of this one has the same name",
    stack: stack("test", (s) => {
      s.redis("redis");
      s.service("vote", { image: build("./vote"), port: 80, uses: { queue: foreign((other) => other.redis("redis")) } });
      s.pipeline({
        levels: { in: foreign((other) => other.service("vote", { image: build("./vote"), port: 80 }).metric("in_total")) },
        lag: {
          metric: foreign((other) => other.service("vote", { image: build("./vote"), port: 80 }).metric("waiting")),
          drainedBy: foreign((other) => other.service("worker", { local: "work" })),
        },
      });
    }),
    problems: [
      {
        at: "services.vote.uses.queue",
        code: "LINK_TARGET_UNKNOWN",
        message: 'redis "redis" belongs to another stack',
        found: 'redis "redis"',
        allowed: "a component of this stack",
        fix: "declare it in this stack with s.service, s.redis or s.postgres",
      },
      ...["levels.in", "lag.metric"].map((option) => ({
        at: `pipeline.${option}`,
        code: "PIPELINE_INVALID" as const,
        message: '"vote" belongs to another stack',
        found: 'a metric of "vote"',
        allowed: "a metric of a service of this stack",
        fix: "take the metric of a service that this stack declares",
      })),
      {
        at: "pipeline.lag.drainedBy",
        code: "PIPELINE_INVALID",
        message: 'service "worker" belongs to another stack',
        found: 'service "worker"',
        allowed: "a service of this stack",
        fix: "declare it in this stack with s.service",
      },
    ],
  },
  {
    name: "a variable that is written twice",
    stack: stack("test", (s) => {
      const vote = s.service("vote", { image: build("./vote"), port: 80, public: true, env: { TITLE: "Vote" } });
      vote.env({ TITLE: "Poll" });
    }),
    problems: [
      {
        at: "services.vote.env.TITLE",
        code: "OPTION_INVALID",
        message: "TITLE is written twice",
        found: "TITLE in env, and in a later env(...)",
        allowed: "each variable once",
        fix: "remove one of the two",
      },
    ],
  },
];
