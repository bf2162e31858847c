import type { Problem, StackBuilder } from "../../src/index.js";
import { type BrokenStack, broken, looselyBroken } from "./broken-stack.js";

function twoHosts(s: StackBuilder): void {
  s.service("vote", { build: "./vote", port: 80 });
  s.service("job", { command: "run-jobs" });
  s.host("frontend", { subnet: "public", runs: ["vote"] });
  s.host("backend", { subnet: "private", runs: ["job"] });
}

const noMailServer = (smarthost: string): Problem => ({
  at: "monitoring.alarms.smarthost",
  code: "MONITORING_INVALID",
  message: `"${smarthost}" is not the address of a mail server`,
  found: `"${smarthost}"`,
  allowed: "a host name or IPv4 address, a colon, and a port",
  fix: 'write host and port, for example "smtp.example.com:587"',
});

export const brokenMonitoring: readonly BrokenStack[] = [
  broken(
    "monitoring on an unknown host",
    (s) => {
      twoHosts(s);
      s.monitoring({ on: "fronted" });
    },
    [
      {
        at: "monitoring.on",
        code: "MONITORING_HOST_UNKNOWN",
        message: '"fronted" is not a host of this stack',
        found: '"fronted"',
        allowed: "backend, frontend",
        fix: 'write "frontend", or add a host named "fronted"',
      },
    ],
  ),
  broken(
    "monitoring that nobody could open, a range that is none, and an address that is none",
    (s) => {
      twoHosts(s);
      s.monitoring({ on: "backend", openTo: "everyone", alarms: { email: "ops at example.com" } });
    },
    [
      {
        at: "monitoring.on",
        code: "MONITORING_INVALID",
        message: 'nobody could open Grafana: host "backend" is in the private subnet',
        found: '"backend"',
        allowed: "a host in the public subnet: frontend",
        fix: 'write "frontend"',
      },
      {
        at: "monitoring.openTo",
        code: "MONITORING_INVALID",
        message: '"everyone" is not an IPv4 range',
        found: '"everyone"',
        allowed: "an IPv4 range such as 203.0.113.0/24, with zeros after the prefix",
        fix: 'write a range, for example "203.0.113.0/24"; one address ends in /32',
      },
      {
        at: "monitoring.alarms.email",
        code: "MONITORING_INVALID",
        message: '"ops at example.com" is not an e-mail address',
        found: '"ops at example.com"',
        allowed: "one e-mail address",
        fix: 'write one address, for example "ops@example.com"',
      },
    ],
  ),
  broken(
    "a range with bits after its prefix, and monitoring declared twice",
    (s) => {
      twoHosts(s);
      s.monitoring({ on: "frontend" });
      s.monitoring({ on: "frontend", openTo: "203.0.113.7/24" });
    },
    [
      {
        at: "monitoring",
        code: "MONITORING_INVALID",
        message: "monitoring is declared more than once",
        found: "a second s.monitoring",
        allowed: "at most one s.monitoring",
        fix: "join them into one s.monitoring",
      },
      {
        at: "monitoring.openTo",
        code: "MONITORING_INVALID",
        message: '"203.0.113.7/24" is not an IPv4 range',
        found: '"203.0.113.7/24"',
        allowed: "an IPv4 range such as 203.0.113.0/24, with zeros after the prefix",
        fix: 'write "203.0.113.0/24"',
      },
    ],
  ),
  looselyBroken(
    "monitoring on something that is no host, and alarms to nobody",
    (s) => {
      const vote = s.service("vote", { build: "./vote", port: 80 });
      s.host("frontend", { subnet: "public", runs: [vote] });
      s.monitoring({ on: vote, alarms: { mail: "ops@example.com" } });
    },
    [
      {
        at: "monitoring.on",
        code: "OPTION_INVALID",
        message: "this is not a host of the stack",
        found: 'service "vote"',
        allowed: "a host, or its name in quotes",
        fix: "write a host",
      },
      {
        at: "monitoring.alarms.mail",
        code: "OPTION_UNKNOWN",
        message: 'there is no option "mail" here',
        found: '"mail"',
        allowed: "email, smarthost, from, user",
        fix: "write email",
      },
      {
        at: "monitoring.alarms.email",
        code: "OPTION_INVALID",
        message: "email is missing",
        found: "nothing",
        allowed: "text",
        fix: 'write text, for example email: "ops@example.com"',
      },
    ],
  ),
  broken(
    "a mail server without a port, and a sender that is no address",
    (s) => {
      twoHosts(s);
      s.monitoring({ on: "frontend", alarms: { email: "ops@example.com", smarthost: "smtp.example.com", from: "alarms" } });
    },
    [
      noMailServer("smtp.example.com"),
      {
        at: "monitoring.alarms.from",
        code: "MONITORING_INVALID",
        message: '"alarms" is not an e-mail address',
        found: '"alarms"',
        allowed: "one e-mail address",
        fix: 'write one address, for example "ops@example.com"',
      },
    ],
  ),
  broken(
    "a mail server at a port that does not exist",
    (s) => {
      twoHosts(s);
      s.monitoring({ on: "frontend", alarms: { email: "ops@example.com", smarthost: "smtp.example.com:65536" } });
    },
    [noMailServer("smtp.example.com:65536")],
  ),
  broken(
    "a sender and a name for a mail server that is not there",
    (s) => {
      twoHosts(s);
      s.monitoring({ on: "frontend", alarms: { email: "ops@example.com", from: "alarms@example.com", user: "alarms" } });
    },
    ["from", "user"].map((option) => ({
      at: `monitoring.alarms.${option}`,
      code: "OPTION_INVALID",
      message: `${option} has no effect without smarthost`,
      found: `${option} and no smarthost`,
      allowed: `${option} together with smarthost`,
      fix: `add the mail server, for example smarthost: "smtp.example.com:587", or remove ${option}`,
    })),
  ),
  broken(
    "a lag of no service, worked off by none, and latencies and errors named twice or with labels",
    (s) => {
      twoHosts(s);
      s.redis("redis");
      s.host("queue", { subnet: "private", runs: ["redis"] });
      s.pipeline([], {
        lag: { at: "job", metric: "waiting", drainedBy: "redis" },
        latencies: [
          { latency: "accept", at: "vote", metric: "accept_seconds" },
          { latency: "accept", at: "vote", metric: "accept seconds" },
        ],
        errors: [
          { error: "refused", at: "vot", metric: "refused_total" },
          { error: "refused", at: "vote", metric: "refused_total" },
        ],
      });
    },
    [
      {
        at: "pipeline.lag.at",
        code: "PIPELINE_INVALID",
        message: '"job" has no metrics',
        found: '"job"',
        allowed: "a service with metrics: vote",
        fix: "write one of these services",
      },
      {
        at: "pipeline.lag.drainedBy",
        code: "PIPELINE_INVALID",
        message: '"redis" is not a service of this stack',
        found: '"redis"',
        allowed: "a service: job, vote",
        fix: "write one of these services",
      },
      {
        at: "pipeline.latencies[1].latency",
        code: "PIPELINE_INVALID",
        message: '"accept" is already the name of a latency',
        found: '"accept"',
        allowed: "a name that no other latency has",
        fix: "rename one of the two",
      },
      {
        at: "pipeline.latencies[1].metric",
        code: "PIPELINE_INVALID",
        message: '"accept seconds" cannot be the name of a metric',
        found: '"accept seconds"',
        allowed: "letters, digits, _ and :, no digit first; no labels",
        fix: "write the bare name of the metric, for example votes_accepted_total",
      },
      {
        at: "pipeline.errors[0].at",
        code: "PIPELINE_INVALID",
        message: '"vot" is not a service of this stack',
        found: '"vot"',
        allowed: "a service with metrics: vote",
        fix: 'write "vote"',
      },
      {
        at: "pipeline.errors[1].error",
        code: "PIPELINE_INVALID",
        message: '"refused" is already the name of an error',
        found: '"refused"',
        allowed: "a name that no other error has",
        fix: "rename one of the two",
      },
    ],
  ),
  looselyBroken(
    "latencies that are no list, an option that does not exist, and a lag that nobody works off",
    (s) => {
      const vote = s.service("vote", { build: "./vote", port: 80 });
      s.host("frontend", { subnet: "public", runs: [vote] });
      s.pipeline([], { latencies: "fast", lags: [], lag: { at: vote, metric: "waiting" } });
    },
    [
      {
        at: "pipeline.lags",
        code: "OPTION_UNKNOWN",
        message: 'there is no option "lags" here',
        found: '"lags"',
        allowed: "lag, latencies, errors",
        fix: "write lag",
      },
      {
        at: "pipeline.latencies",
        code: "OPTION_INVALID",
        message: "this is not a list",
        found: '"fast"',
        allowed: "a list",
        fix: 'write a list, for example latencies: [{ latency: "accept", at: vote, metric: "votes_accept_seconds" }]',
      },
      {
        at: "pipeline.lag.drainedBy",
        code: "OPTION_INVALID",
        message: "this is not a component of the stack",
        found: "undefined",
        allowed: "a component, or its name in quotes",
        fix: 'write its name in quotes, for example "web": names work before the declaration too',
      },
    ],
  ),
  broken(
    "pipeline levels of no service, without metrics, named twice, or with labels",
    (s) => {
      twoHosts(s);
      s.redis("redis");
      s.host("queue", { subnet: "private", runs: ["redis"] });
      s.pipeline([
        { level: "accepted", at: "vot", metric: "votes_accepted_total" },
        { level: "queued", at: "job", metric: "votes_queued_total" },
        { level: "accepted", at: "vote", metric: 'votes_total{state="persisted"}' },
        { level: "kept", at: "redis", metric: "kept" },
      ]);
    },
    [
      {
        at: "pipeline[0].at",
        code: "PIPELINE_INVALID",
        message: '"vot" is not a service of this stack',
        found: '"vot"',
        allowed: "a service with metrics: vote",
        fix: 'write "vote"',
      },
      {
        at: "pipeline[1].at",
        code: "PIPELINE_INVALID",
        message: '"job" has no metrics',
        found: '"job"',
        allowed: "a service with metrics: vote",
        fix: "write one of these services",
      },
      {
        at: "pipeline[2].level",
        code: "PIPELINE_INVALID",
        message: '"accepted" is already the name of a level',
        found: '"accepted"',
        allowed: "a name that no other level has",
        fix: "rename one of the two",
      },
      {
        at: "pipeline[2].metric",
        code: "PIPELINE_INVALID",
        message: '"votes_total{state=\\"persisted\\"}" cannot be the name of a metric',
        found: '"votes_total{state=\\"persisted\\"}"',
        allowed: "letters, digits, _ and :, no digit first; no labels",
        fix: "write the bare name of the metric, for example votes_accepted_total",
      },
      {
        at: "pipeline[3].at",
        code: "PIPELINE_INVALID",
        message: '"redis" is not a service of this stack',
        found: '"redis"',
        allowed: "a service with metrics: vote",
        fix: "write one of these services",
      },
    ],
  ),
  looselyBroken(
    "a pipeline that is no list, a second one, and a level that could not be read, each once",
    (s) => {
      const vote = s.service("vote", { build: "./vote", port: 80 });
      s.host("frontend", { subnet: "public", runs: [vote] });
      s.pipeline();
      s.pipeline([{ level: 7 }]);
    },
    [
      {
        at: "pipeline",
        code: "OPTION_INVALID",
        message: "the list is missing",
        found: "nothing",
        allowed: "a list",
        fix: 'write a list, for example s.pipeline([{ level: "accepted", at: vote, metric: "votes_accepted_total" }])',
      },
      {
        at: "pipeline",
        code: "PIPELINE_INVALID",
        message: "pipeline is declared more than once",
        found: "a second s.pipeline",
        allowed: "at most one s.pipeline",
        fix: "join them into one s.pipeline",
      },
      {
        at: "pipeline[0].level",
        code: "OPTION_INVALID",
        message: "level is not text",
        found: "7",
        allowed: "text",
        fix: 'write text, for example level: "accepted"',
      },
      {
        at: "pipeline[0].at",
        code: "OPTION_INVALID",
        message: "this is not a component of the stack",
        found: "undefined",
        allowed: "a component, or its name in quotes",
        fix: 'write its name in quotes, for example "web": names work before the declaration too',
      },
      {
        at: "pipeline[0].metric",
        code: "OPTION_INVALID",
        message: "metric is missing",
        found: "nothing",
        allowed: "text",
        fix: 'write text, for example metric: "votes_accepted_total"',
      },
    ],
  ),
];
