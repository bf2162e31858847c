import { type StackDefinition, stack } from "@groundplan/model";

/**
 * A valid stack that is hard on every target: names as long as they may be, many links, links that skip levels or share
 * a port, forward references, values that need quoting, several databases on a host, and every option in use.
 */
export function awkwardStack(): StackDefinition {
  return stack("awkward-stack-with-a-name-of-40-letters0", (s) => {
    s.service("a", {
      build: "./services/a's folder",
      prepare: ["node", "make it.mjs", "--title", "$TITLE"],
      command: ["node", "main.js", "--title", `It's "quoted" $HOME`],
      port: 8443,
      public: true,
      uses: { next: "intermediate-service-number-one", sessionStore: "sessions", "audit-log": "audit" },
      env: {
        EMPTY: "",
        QUOTED: `It's "quoted", with $DOLLARS, #hash, \\backslash and {{ braces }}`,
        LINES: "first line\nsecond line: with a colon",
        NUMBER_LIKE: "007",
        YAML_LIKE: "yes",
        SIGNING_KEY: s.secret("signing-key"),
        lower_case: "é → ✓",
      },
      health: "/health/ready",
      healthCommand: ["sh", "-c", `test "$(cat /tmp/health)" = 'it''s ok'`],
      metrics: "/internal/metrics",
      replicas: 100,
      hardened: false,
      internet: true,
      memoryMb: 16,
    });
    s.service("public-service-with-a-name-of-40-letters", {
      image: "registry.example.com:5000/team/app:1.2.3@sha256:0f0f0f",
      port: 8080,
      public: true,
      uses: { next: "intermediate-service-number-one", far: "last-service-in-a-long-chain-of-links" },
      healthCommand: "/app/check --quiet",
      metrics: false,
      hardened: true,
    });
    s.service("intermediate-service-number-one", {
      build: "./services/one",
      command: "node 'a file with spaces.js'",
      dev: "node --watch main.js",
      watch: ["./shared", "../common"],
      port: 9001,
      uses: { two: "two", cache: "sessions", db: "primary" },
    });
    // In another language: nothing here depends on what is in its image.
    s.service("two", {
      build: "./services/two",
      prepare: "go build -o bin/two .",
      port: 9002,
      uses: { three: "last-service-in-a-long-chain-of-links", db: "audit" },
    });
    s.service("last-service-in-a-long-chain-of-links", { image: "php", port: 9003, uses: { db: "primary", queue: "second-redis" } });
    s.service("background-job-without-a-port", { command: "run-jobs", uses: { one: "intermediate-service-number-one", db: "primary" } });

    const primary = s.postgres("primary", { port: 5433, database: "main_db", user: "owner" });
    s.postgres("audit", { image: "postgis/postgis:17-3.5", memoryMb: 4096 });
    s.redis("sessions", { standIn: primary, image: "valkey/valkey:8.1.1-bookworm", memoryMb: 1_048_576 });
    s.redis("second-redis", { port: 6380, standIn: "audit" });

    s.host("edge-one", { subnet: "public", runs: ["a", "background-job-without-a-port"] });
    s.host("edge-host-whose-name-is-as-long-as-may-b", { subnet: "public", runs: ["public-service-with-a-name-of-40-letters"] });
    s.host("inner", {
      subnet: "private",
      runs: ["intermediate-service-number-one", "two", "last-service-in-a-long-chain-of-links", "sessions", "second-redis"],
    });
    s.host("data", { subnet: "private", runs: [primary, "audit"] });
    s.monitoring({ on: "edge-host-whose-name-is-as-long-as-may-b", openTo: "203.0.113.0/24", alarms: { email: "ops+alarms@example.com" } });
    s.pipeline([
      { level: "in", at: "a", metric: "requests_total" },
      { level: "out", at: "two", metric: "results:total" },
    ]);
  });
}
