import { build, type Problem } from "../../src/index.js";
import { type BrokenStack, broken, type LooseBuilder } from "./broken-stack.js";

function twoHosts(s: LooseBuilder): void {
  s.service("vote", { image: build("./vote"), port: 80 });
  s.service("job", { local: "run-jobs" });
  s.host("frontend", { subnet: "public", runs: ["vote"] });
  s.host("backend", { subnet: "private", runs: ["job"] });
}

interface Measured {
  metric(name: string, options?: object): object;
}

const noMetrics = (at: string, service: string): Problem => ({
  at,
  code: "PIPELINE_INVALID",
  message: `"${service}" has no metrics`,
  found: `"${service}"`,
  allowed: "a service with metrics: vote",
  fix: "write one of these services",
});

const noMetric = (at: string, metric: string): Problem => ({
  at,
  code: "PIPELINE_INVALID",
  message: `${JSON.stringify(metric)} cannot be the name of a metric`,
  found: JSON.stringify(metric),
  allowed: "letters, digits, _ and :, no digit first; no labels",
  fix: "write the bare name of the metric, for example votes_accepted_total",
});

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
  broken(
    "monitoring on something that is no host, and alarms to nobody",
    (s) => {
      const vote = s.service("vote", { image: build("./vote"), port: 80 });
      s.host("frontend", { subnet: "public", runs: [vote] });
      s.monitoring({ on: vote, alarms: { mail: "ops@example.com" } });
    },
    [
      {
        at: "monitoring.on",
        code: "OPTION_INVALID",
        message: "this is not a host of the stack",
        found: 'service "vote"',
        allowed: "what s.host returns",
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
    "monitoring on one of several hosts, and it does not say which",
    (s) => {
      twoHosts(s);
      s.monitoring();
    },
    [
      {
        at: "monitoring.on",
        code: "MONITORING_INVALID",
        message: "nothing says which host monitoring runs on",
        found: "no on, and the hosts frontend, backend",
        allowed: "a host in the public subnet",
        fix: "write on: frontend, from const frontend = s.host(...)",
      },
    ],
  ),
  broken(
    "metrics of services that have none, with labels, or told in a way that there is not",
    (s) => {
      const vote: Measured = s.service("vote", { image: build("./vote"), port: 80 });
      const job: Measured = s.service("job", { local: "run-jobs" });
      const mail: Measured = s.service("mail", { image: "mail:1", port: 25, metrics: false });
      s.redis("redis");
      s.pipeline({
        levels: { accepted: job.metric("votes_accepted_total"), kept: vote.metric('votes_total{state="kept"}') },
        lag: { metric: job.metric("waiting"), drainedBy: vote },
        latency: { accept: vote.metric("accept seconds") },
        errors: { refused: mail.metric("refused_total"), lost: vote.metric("lost_total", { copies: "agreed" }) },
      });
    },
    [
      {
        at: "pipeline.errors.lost",
        code: "OPTION_INVALID",
        message: 'copies is not "add" or "agree"',
        found: '"agreed"',
        allowed: '"add" or "agree"',
        fix: 'write vote.metric("lost_total", { copies: "agree" }) where each copy tells the total of the whole stack',
      },
      noMetrics("pipeline.levels.accepted", "job"),
      noMetric("pipeline.levels.kept", 'votes_total{state="kept"}'),
      noMetrics("pipeline.lag.metric", "job"),
      noMetric("pipeline.latency.accept", "accept seconds"),
      noMetrics("pipeline.errors.refused", "mail"),
    ],
  ),
  broken(
    "levels that are numbers, which JavaScript would put first, and metrics that are none",
    (s) => {
      const vote: Measured = s.service("vote", { image: build("./vote"), port: 80 });
      s.pipeline({
        levels: { first: vote.metric("a_total"), 2: vote.metric("b_total"), third: "c_total" },
        latencies: {},
        lag: { metric: undefined, drainedBy: s.redis("redis") },
      });
    },
    [
      {
        at: "pipeline.latencies",
        code: "OPTION_UNKNOWN",
        message: 'there is no option "latencies" here',
        found: '"latencies"',
        allowed: "levels, lag, latency, errors, stops",
        fix: "write latency",
      },
      {
        at: "pipeline.levels.2",
        code: "PIPELINE_INVALID",
        message: '"2" is a number, and would come before all names that are none',
        found: '"2"',
        allowed: "a name with a letter in it",
        fix: 'write "level 2"',
      },
      {
        at: "pipeline.levels.third",
        code: "OPTION_INVALID",
        message: "this is not a metric",
        found: '"c_total"',
        allowed: "a metric of a service",
        fix: 'write a metric of a service, for example vote.metric("votes_accepted_total")',
      },
      {
        at: "pipeline.lag.metric",
        code: "OPTION_INVALID",
        message: "metric is missing",
        found: "nothing",
        allowed: "a metric of a service",
        fix: 'write a metric of a service, for example metric: vote.metric("votes_queue_held")',
      },
      {
        at: "pipeline.lag.drainedBy",
        code: "OPTION_INVALID",
        message: "this is not a service of the stack",
        found: 'redis "redis"',
        allowed: "what s.service returns",
        fix: "write a service",
      },
    ],
  ),
  broken(
    "a pipeline without levels, and a second one",
    (s) => {
      const vote: Measured = s.service("vote", { image: build("./vote"), port: 80 });
      s.pipeline({});
      s.pipeline({ levels: { in: vote.metric("in_total") } });
    },
    [
      {
        at: "pipeline.levels",
        code: "OPTION_INVALID",
        message: "levels is missing",
        found: "nothing",
        allowed: "metrics",
        fix: 'write metrics, for example levels: { accepted: vote.metric("votes_accepted_total") }',
      },
      {
        at: "pipeline",
        code: "PIPELINE_INVALID",
        message: "pipeline is declared more than once",
        found: "a second s.pipeline",
        allowed: "at most one s.pipeline",
        fix: "join them into one s.pipeline",
      },
    ],
  ),
];
