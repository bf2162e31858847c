import { build, type Problem } from "../../src/index.js";
import { type BrokenStack, broken, onOneHost } from "./broken-stack.js";

const taken = (at: string, port: number, by: string, name: string): Problem => ({
  at,
  code: "PORT_TAKEN",
  message: `${port} on host "main" is already used by ${by}`,
  found: String(port),
  allowed: 'a port that nothing else on host "main" uses',
  fix: `choose another port, or run "${name}" on another host`,
});

const invalid = (at: string, found: string): Problem => ({
  at,
  code: "PORT_INVALID",
  message: `${found} is not a port`,
  found,
  allowed: "a whole number from 1 to 65535",
  fix: "write a whole number from 1 to 65535, for example port: 8000",
});

export const brokenPorts: readonly BrokenStack[] = [
  broken(
    "ports that do not exist",
    (s) => {
      s.service("a", { image: build("./a"), port: 0 });
      s.service("b", { image: build("./b"), port: 80.5 });
      s.redis("redis", { port: 65_536 });
      s.postgres("db", { port: -1 });
      onOneHost(s, "a", "b", "redis", "db");
    },
    [
      invalid("services.a.port", "0"),
      invalid("services.b.port", "80.5"),
      invalid("redis.redis.port", "65536"),
      invalid("postgres.db.port", "-1"),
    ],
  ),
  broken(
    "two components on one port of a host, and one on the port of SSH",
    (s) => {
      s.service("vote", { image: build("./vote"), port: 5000 });
      s.service("result", { image: build("./result"), port: 5000 });
      s.service("shell", { image: build("./shell"), port: 22 });
      s.service("elsewhere", { image: build("./elsewhere"), port: 5000 });
      onOneHost(s, "vote", "result", "shell");
      s.host("other", { subnet: "private", runs: ["elsewhere"] });
    },
    [taken("services.result.port", 5000, "services.vote.port", "result"), taken("services.shell.port", 22, "SSH", "shell")],
  ),
  broken(
    "ports that monitoring uses on the host",
    (s) => {
      s.service("a", { image: build("./a"), port: 3000 });
      s.service("b", { image: build("./b"), port: 9090 });
      s.service("c", { image: build("./c"), port: 9100 });
      s.service("d", { image: build("./d"), port: 9121 });
      s.service("e", { image: build("./e"), port: 9187 });
      s.service("f", { image: build("./f"), port: 9122 });
      s.service("g", { image: build("./g"), port: 9188 });
      s.service("h", { image: build("./h"), port: 9093 });
      s.redis("redis");
      s.redis("redis-two", { port: 6380 });
      s.postgres("db");
      onOneHost(s, "a", "b", "c", "d", "e", "f", "g", "h", "redis", "redis-two", "db");
      s.monitoring({ on: "main" });
    },
    [
      taken("services.a.port", 3000, "Grafana (monitoring)", "a"),
      taken("services.b.port", 9090, "Prometheus (monitoring)", "b"),
      taken("services.c.port", 9100, "the node exporter (monitoring)", "c"),
      taken("services.d.port", 9121, 'the redis exporter of "redis" (monitoring)', "d"),
      taken("services.e.port", 9187, 'the postgres exporter of "db" (monitoring)', "e"),
      taken("services.f.port", 9122, 'the redis exporter of "redis-two" (monitoring)', "f"),
      taken("services.h.port", 9093, "Alertmanager (monitoring)", "h"),
    ],
  ),
  broken(
    "the port of the blackbox exporter, where public pages have certificates",
    (s) => {
      s.service("a", { image: build("./a"), port: 9115, public: true });
      s.service("b", { image: build("./b"), port: 9115 });
      onOneHost(s, "a");
      s.host("other", { subnet: "private", runs: ["b"] });
      s.monitoring({ on: "main" });
      s.aws({ domain: "poll.example.com" });
    },
    [taken("services.a.port", 9115, "the blackbox exporter (monitoring)", "a")],
  ),
  broken(
    "a public service that listens nowhere",
    (s) => {
      s.service("vote", { image: build("./vote"), public: true });
      onOneHost(s, "vote");
    },
    [
      {
        at: "services.vote.public",
        code: "PUBLIC_WITHOUT_PORT",
        message: '"vote" is public and listens on no port',
        found: "public: true and no port",
        allowed: "public together with port",
        fix: "add the port that it listens on, for example port: 80, or remove public",
      },
    ],
  ),
];
