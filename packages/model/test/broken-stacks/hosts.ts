import { build } from "../../src/index.js";
import { type BrokenStack, broken, onOneHost } from "./broken-stack.js";

export const brokenHosts: readonly BrokenStack[] = [
  broken(
    "a component that every host forgot",
    (s) => {
      s.service("vote", { image: build("./vote") });
      s.postgres("db");
      s.host("frontend", { subnet: "public", runs: ["vote"] });
      s.host("database", { subnet: "private", runs: [] });
    },
    [
      {
        at: "postgres.db",
        code: "SERVICE_WITHOUT_HOST",
        message: '"db" runs on no host',
        found: "in the runs of no host",
        allowed: "one of the hosts: frontend, database",
        fix: 'add it to the runs of a host, for example of s.host("frontend", ...)',
      },
    ],
  ),
  broken(
    "a component on two hosts, and twice on one",
    (s) => {
      const vote = s.service("vote", { image: build("./vote") });
      s.host("a", { subnet: "public", runs: [vote, "vote"] });
      s.host("b", { subnet: "private", runs: [vote] });
    },
    [
      {
        at: "hosts.a.runs[1]",
        code: "SERVICE_ON_TWO_HOSTS",
        message: '"vote" runs already: hosts.a.runs[0] has it',
        found: '"vote"',
        allowed: "each component once, on one host",
        fix: "remove it from hosts.a.runs[0] or from hosts.a.runs[1]",
      },
      {
        at: "hosts.b.runs[0]",
        code: "SERVICE_ON_TWO_HOSTS",
        message: '"vote" runs already: hosts.a.runs[0] has it',
        found: '"vote"',
        allowed: "each component once, on one host",
        fix: "remove it from hosts.a.runs[0] or from hosts.b.runs[0]",
      },
    ],
  ),
  broken(
    "a host that runs something unknown",
    (s) => {
      s.service("worker", { image: build("./worker") });
      s.host("backend", { subnet: "public", runs: ["worker", "wroker"] });
    },
    [
      {
        at: "hosts.backend.runs[1]",
        code: "HOST_RUNS_UNKNOWN",
        message: '"wroker" is not a component of this stack',
        found: '"wroker"',
        allowed: "worker",
        fix: 'write "worker", or add a component named "wroker"',
      },
    ],
  ),
  broken(
    "a public service where nobody outside can reach it",
    (s) => {
      s.service("vote", { image: build("./vote"), port: 80, public: true });
      s.host("frontend", { subnet: "public", runs: [] });
      s.host("backend", { subnet: "private", runs: ["vote"] });
    },
    [
      {
        at: "services.vote.public",
        code: "PUBLIC_ON_PRIVATE_HOST",
        message: 'nobody outside can reach "vote": its host "backend" is in the private subnet',
        found: 'public: true on host "backend"',
        allowed: "a host in the public subnet: frontend",
        fix: 'run it on host "frontend", or remove public',
      },
    ],
  ),
  broken(
    "hosts that no operator could reach",
    (s) => {
      s.service("vote", { image: build("./vote") });
      s.host("a", { subnet: "private", runs: ["vote"] });
      s.host("b", { subnet: "private", runs: [] });
    },
    [
      {
        at: "hosts",
        code: "NO_BASTION",
        message: "every host is in the private subnet, so no operator could reach any of them",
        found: "a (private), b (private)",
        allowed: "at least one host in the public subnet: the way in by SSH",
        fix: 'make one host public, or write s.host("bastion", { subnet: "public", runs: [] })',
      },
    ],
  ),
  broken(
    "a service that says nothing of what runs",
    (s) => {
      s.service("vote", {});
      onOneHost(s, "vote");
    },
    [
      {
        at: "services.vote",
        code: "SERVICE_WITHOUT_SOURCE",
        message: 'nothing says what "vote" runs',
        found: "neither image nor local",
        allowed: "image, or local, or both",
        fix: 'add the folder of its Dockerfile, for example image: build("./vote")',
      },
    ],
  ),
  broken(
    "stand-ins that are unknown or no PostgreSQL",
    (s) => {
      s.postgres("db");
      s.redis("one", { standIn: "bd" });
      s.redis("two", { port: 6380, standIn: "one" });
      onOneHost(s, "db", "one", "two");
    },
    [
      {
        at: "redis.one.standIn",
        code: "STAND_IN_INVALID",
        message: '"bd" is not a component of this stack',
        found: '"bd"',
        allowed: "a postgres component: db",
        fix: 'write "db", or remove standIn',
      },
      {
        at: "redis.two.standIn",
        code: "STAND_IN_INVALID",
        message: '"one" is a redis, and only a postgres component can stand in for Redis',
        found: '"one"',
        allowed: "a postgres component: db",
        fix: 'write "db", or remove standIn',
      },
    ],
  ),
];
