import { build, type StackDefinition, stack } from "@groundplan/model";

/**
 * A valid stack that is hard on every target: names as long as they may be, many links, links that skip levels or share
 * a port, values that need quoting, several databases on a host, and every option in use.
 */
export function awkwardStack(): StackDefinition {
  return stack("awkward-stack-with-a-name-of-40-letters0", (s) => {
    const primary = s.postgres("primary", { port: 5433, database: "main_db", user: "owner" });
    const audit = s.postgres("audit", { image: "postgis/postgis:17-3.5", memoryMb: 4096 });
    const sessions = s.redis("sessions", { standIn: primary, image: "valkey/valkey:8.1.1-bookworm", memoryMb: 1_048_576 });
    const secondRedis = s.redis("second-redis", { port: 6380, standIn: audit });

    const last = s.service("last-service-in-a-long-chain-of-links", {
      image: "php",
      port: 9003,
      uses: { db: primary, queue: secondRedis },
      metrics: "/metrics",
    });
    // In another language: nothing here depends on what is in its image.
    const two = s.service("two", {
      image: build("./services/two", { before: "go build -o bin/two ." }),
      port: 9002,
      uses: { three: last, db: audit },
    });
    const intermediate = s.service("intermediate-service-number-one", {
      image: build("./services/one"),
      local: "node 'a file with spaces.js'",
      watch: { run: "node --watch main.js", also: ["./shared", "../common"] },
      port: 9001,
      uses: { two, cache: sessions, db: primary },
      metrics: "/metrics",
    });
    const a = s.service("a", {
      image: build("./services/a's folder", { before: ["node", "make it.mjs", "--title", "$TITLE"] }),
      local: ["node", "main.js", "--title", `It's "quoted" $HOME`],
      port: 8443,
      public: true,
      uses: { next: intermediate, sessionStore: sessions, "audit-log": audit },
      env: {
        EMPTY: "",
        QUOTED: `It's "quoted", with $DOLLARS, #hash, \\backslash and {{ braces }}`,
        LINES: "first line\nsecond line: with a colon",
        NUMBER_LIKE: "007",
        YAML_LIKE: "yes",
        SIGNING_KEY: s.secret("signing-key"),
        lower_case: "é → ✓",
      },
      health: { ready: "/health/ready", command: ["sh", "-c", `test "$(cat /tmp/health)" = 'it''s ok'`] },
      metrics: "/internal/metrics",
      replicas: 100,
      hardened: false,
      internet: true,
      stopSeconds: 90,
      memoryMb: 16,
    });
    const longName = s.service("public-service-with-a-name-of-40-letters", {
      image: "registry.example.com:5000/team/app:1.2.3@sha256:0f0f0f",
      port: 8080,
      public: true,
      uses: { next: intermediate, far: last },
      health: { command: "/app/check --quiet" },
      metrics: false,
      hardened: true,
    });
    const job = s.service("background-job-without-a-port", { local: "run-jobs", uses: { one: intermediate, db: primary } });

    s.host("edge-one", { subnet: "public", runs: [a, job] });
    const edge = s.host("edge-host-whose-name-is-as-long-as-may-b", { subnet: "public", runs: [longName] });
    s.host("inner", { subnet: "private", runs: [intermediate, two, last, sessions, secondRedis] });
    s.host("data", { subnet: "private", runs: [primary, audit] });
    s.monitoring({ on: edge, openTo: "203.0.113.0/24", alarms: { email: "ops+alarms@example.com" } });
    s.pipeline({ levels: { in: a.metric("requests_total"), out: two.metric("results:total") } });
  });
}
