import type { PageRef, SecretRef } from "../definition.js";
import type { AwsOptions } from "./aws.js";
import type { HostHandle, PostgresHandle, RedisHandle, ServiceHandle } from "./handle.js";
import type { HostOptions } from "./host.js";
import type { MonitoringOptions } from "./monitoring.js";
import type { PipelineLevelOptions, PipelineOptions } from "./pipeline.js";
import type { PostgresOptions } from "./postgres.js";
import type { RedisOptions } from "./redis.js";
import type { ServiceOptions } from "./service.js";

/**
 * Declares the parts of a stack. Every name is a DNS label (a-z, 0-9, single hyphens, at most 40), since
 * targets use it as a host name. Nothing throws: mistakes are collected, and `groundplan check` reports them all.
 */
export interface StackBuilder {
  /**
   * A program of your own.
   *
   * @example const vote = s.service("vote", { build: "./vote", port: 80, public: true, uses: { queue: redis } });
   */
  service(name: string, options: ServiceOptions): ServiceHandle;

  /**
   * A Redis server.
   *
   * @example const redis = s.redis("redis");
   */
  redis(name: string, options?: RedisOptions): RedisHandle;

  /**
   * A PostgreSQL server with one database.
   *
   * @example const db = s.postgres("db");
   */
  postgres(name: string, options?: PostgresOptions): PostgresHandle;

  /**
   * A value that nobody writes down: every target generates it once, keeps it, and gives it to the services that
   * have it in their `env`. It is URL-safe text (A-Z a-z 0-9 - _).
   *
   * @example s.service("vote", { build: "./vote", env: { VOTER_KEY: s.secret("voter-key") } });
   */
  secret(name: string): SecretRef;

  /**
   * The address at which people open a public service in their browser, as a value in `env`: for a page that leads to another.
   * It is no link: it opens no port between the two, and neither waits for the other.
   *
   * @example s.service("vote", { build: "./vote", port: 80, public: true, env: { RESULT_PAGE: s.pageOf("result") } });
   * // on a laptop: RESULT_PAGE=http://127.0.0.1:8081
   */
  pageOf(service: ServiceHandle | string): PageRef;

  /**
   * A machine, and what runs on it.
   *
   * @example s.host("backend", { subnet: "private", runs: [redis, worker] });
   */
  host(name: string, options: HostOptions): HostHandle;

  /**
   * Prometheus, Alertmanager and Grafana on one of the hosts, at most once in a stack.
   *
   * @example s.monitoring({ on: "frontend", alarms: { email: "ops@example.com" } });
   */
  monitoring(options: MonitoringOptions): void;

  /**
   * Counters that should agree once everything has drained, from first to last, and what else the stack can tell of its flow;
   * at most once in a stack.
   *
   * @example s.pipeline([{ level: "accepted", at: vote, metric: "votes_accepted_total" }]);
   */
  pipeline(levels: readonly PipelineLevelOptions[], options?: PipelineOptions): void;

  /**
   * How the stack is set up on AWS, at most once in a stack.
   *
   * @example s.aws({ region: "eu-central-1", instanceTypes: { database: "t3.small" } });
   */
  aws(options: AwsOptions): void;
}
