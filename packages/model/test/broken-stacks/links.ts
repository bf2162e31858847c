import { build } from "../../src/index.js";
import { type BrokenStack, broken, onOneHost } from "./broken-stack.js";

export const brokenLinks: readonly BrokenStack[] = [
  broken(
    "a link to nothing, with the nearest name",
    (s) => {
      s.redis("redis");
      s.service("vote", { image: build("./vote"), uses: { queue: "redsi", other: "mailer" } });
      onOneHost(s, "redis", "vote");
    },
    [
      {
        at: "services.vote.uses.queue",
        code: "LINK_TARGET_UNKNOWN",
        message: '"redsi" is not a component of this stack',
        found: '"redsi"',
        allowed: "redis, vote",
        fix: 'write "redis", or add a component named "redsi"',
      },
      {
        at: "services.vote.uses.other",
        code: "LINK_TARGET_UNKNOWN",
        message: '"mailer" is not a component of this stack',
        found: '"mailer"',
        allowed: "redis, vote",
        fix: 'add a component named "mailer"',
      },
    ],
  ),
  broken(
    "a link to something that listens nowhere",
    (s) => {
      const job = s.service("job", { local: "run-jobs" });
      s.service("vote", { image: build("./vote"), port: 80, uses: { job } });
      onOneHost(s, "job", "vote");
    },
    [
      {
        at: "services.vote.uses.job",
        code: "LINK_TARGET_HAS_NO_PORT",
        message: '"job" listens on no port',
        found: '"job"',
        allowed: "a component with a port: vote",
        fix: 'give "job" the port that it listens on, for example port: 8000, or remove this link',
      },
    ],
  ),
  broken(
    "link names that no variable can begin with, or that give the same variables",
    (s) => {
      const redis = s.redis("redis");
      s.service("vote", { image: build("./vote"), uses: { "2nd": redis, voteStore: redis, "vote-store": redis } });
      onOneHost(s, "redis", "vote");
    },
    [
      {
        at: "services.vote.uses.2nd",
        code: "LINK_ALIAS_INVALID",
        message: '"2nd" cannot begin the name of a variable',
        found: '"2nd"',
        allowed: "letters, digits, _ and -, a letter first",
        fix: "choose another name for the link",
      },
      {
        at: "services.vote.uses.vote-store",
        code: "LINK_ALIAS_INVALID",
        message: '"vote-store" and "voteStore" both give VOTE_STORE_URL',
        found: '"vote-store"',
        allowed: "names that give different variables",
        fix: "rename one of the two links",
      },
    ],
  ),
  broken(
    "each cycle once, however it is entered",
    (s) => {
      s.service("entry", { image: build("./entry"), uses: { first: "a" } });
      s.service("a", { image: build("./a"), port: 1001, uses: { next: "b" } });
      s.service("b", { image: build("./b"), port: 1002, uses: { next: "c" } });
      s.service("c", { image: build("./c"), port: 1003, uses: { back: "a" } });
      s.service("own", { image: build("./own"), port: 1004, uses: { me: "own" } });
      onOneHost(s, "entry", "a", "b", "c", "own");
    },
    [
      {
        at: "services.a.uses.next",
        code: "LINK_CYCLE",
        message: "these services wait for each other, so none can start first",
        found: "a -> b -> c -> a",
        allowed: "links that never lead back to where they began",
        fix: "remove one of these links: services.a.uses.next, services.b.uses.next, services.c.uses.back",
      },
      {
        at: "services.own.uses.me",
        code: "LINK_CYCLE",
        message: "this service waits for itself, so it can never start",
        found: "own -> own",
        allowed: "links that never lead back to where they began",
        fix: "remove services.own.uses.me",
      },
    ],
  ),
  broken(
    "two cycles through one service",
    (s) => {
      s.service("a", { image: build("./a"), port: 1001, uses: { b: "b", c: "c" } });
      s.service("b", { image: build("./b"), port: 1002, uses: { a: "a" } });
      s.service("c", { image: build("./c"), port: 1003, uses: { a: "a" } });
      onOneHost(s, "a", "b", "c");
    },
    [
      {
        at: "services.a.uses.b",
        code: "LINK_CYCLE",
        message: "these services wait for each other, so none can start first",
        found: "a -> b -> a",
        allowed: "links that never lead back to where they began",
        fix: "remove one of these links: services.a.uses.b, services.b.uses.a",
      },
      {
        at: "services.c.uses.a",
        code: "LINK_CYCLE",
        message: "these services wait for each other, so none can start first",
        found: "c -> a -> c",
        allowed: "links that never lead back to where they began",
        fix: "remove one of these links: services.c.uses.a, services.a.uses.c",
      },
    ],
  ),
];
