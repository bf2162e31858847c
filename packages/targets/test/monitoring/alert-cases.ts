/** Series by what identifies them, in the notation of promtool: one value each 10 seconds. */
export type SeriesValues = Readonly<Record<string, string>>;

/** When an alert fires, and what stays just below it. */
export interface AlertCase {
  readonly alert: string;
  /** Completes "fires when ...". */
  readonly when: string;
  readonly series: SeriesValues;
  /** The first evaluation at which it fires; at the one before it is pending. */
  readonly firesAtSeconds: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** By what is nearly so: it never fires. */
  readonly silent: Readonly<Record<string, SeriesValues>>;
}

const BACKEND = { host: "backend", tier: "private" };
const FRONTEND = { host: "frontend", tier: "public" };
const DATABASE = { host: "database", tier: "private" };
const REDIS = { ...BACKEND, service: "redis" };
const DB = { ...DATABASE, service: "db" };

const NODE = 'job="node-exporter",host="backend",tier="private",instance="backend:9100"';
const ROOT = `${NODE},mountpoint="/",fstype="ext4",device="/dev/vda"`;
const TMP = `${NODE},mountpoint="/tmp",fstype="tmpfs",device="tmpfs"`;
const VOTE = 'job="vote",host="frontend",tier="public",service="vote",instance="frontend:80"';
const WORKER = 'job="worker",host="backend",tier="private",service="worker",instance="backend:8000"';
const RESULT = 'job="result",host="frontend",tier="public",service="result",instance="frontend:5001"';
const OF_REDIS = 'job="redis",host="backend",tier="private",service="redis",instance="backend:9121"';
const OF_DB = 'job="db",host="database",tier="private",service="db",instance="database:9187"';
const ACCEPTED = `votes_accepted_total{${VOTE}}`;
const VISIBLE = `votes_visible_total{${RESULT}}`;
const HELD = `votes_queue_held{${VOTE}}`;

export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: "HostDown",
    when: "its exporter has not answered for 30 seconds",
    series: { [`up{${NODE}}`]: "1x6 0x20" },
    firesAtSeconds: 100,
    labels: { severity: "page", ...BACKEND },
    summary: "Host backend does not answer",
    description: "The node exporter of backend cannot be read (up is 0): the host is down, cut off, or only its exporter ended.",
    silent: { "three failed reads in a row": { [`up{${NODE}}`]: "1x6 0x2 1x20" } },
  },
  {
    alert: "HostCpuHigh",
    when: "the processors are 90% busy for 10 minutes",
    series: { [`node_cpu_seconds_total{${NODE},cpu="0",mode="idle"}`]: "0+1x90" },
    firesAtSeconds: 610,
    labels: { severity: "ticket", ...BACKEND },
    summary: "The processors of backend are busy",
    description: "backend has used 90% of its processors for 10 minutes; the limit is 80%.",
    silent: { "79% for 15 minutes": { [`node_cpu_seconds_total{${NODE},cpu="0",mode="idle"}`]: "0+2.1x90" } },
  },
  {
    alert: "HostMemoryHigh",
    when: "90% of the memory is in use for 5 minutes",
    series: { [`node_memory_MemAvailable_bytes{${NODE}}`]: "100x40", [`node_memory_MemTotal_bytes{${NODE}}`]: "1000x40" },
    firesAtSeconds: 300,
    labels: { severity: "ticket", ...BACKEND },
    summary: "The memory of backend is nearly used up",
    description: "backend has 90% of its memory in use; the limit is 85%.",
    silent: {
      "84%": { [`node_memory_MemAvailable_bytes{${NODE}}`]: "160x60", [`node_memory_MemTotal_bytes{${NODE}}`]: "1000x60" },
      "a burst of 4 minutes": {
        [`node_memory_MemAvailable_bytes{${NODE}}`]: "100x24 500x60",
        [`node_memory_MemTotal_bytes{${NODE}}`]: "1000x84",
      },
    },
  },
  {
    alert: "HostDiskHigh",
    when: "a disk is 90% full",
    series: { [`node_filesystem_avail_bytes{${ROOT}}`]: "100x40", [`node_filesystem_size_bytes{${ROOT}}`]: "1000x40" },
    firesAtSeconds: 300,
    labels: { severity: "ticket", ...BACKEND, mountpoint: "/" },
    summary: "The disk / of backend is nearly full",
    description: "/ of backend is 90% full; the limit is 85%.",
    silent: {
      "84%": { [`node_filesystem_avail_bytes{${ROOT}}`]: "160x60", [`node_filesystem_size_bytes{${ROOT}}`]: "1000x60" },
      "a file system in memory": { [`node_filesystem_avail_bytes{${TMP}}`]: "0x60", [`node_filesystem_size_bytes{${TMP}}`]: "1000x60" },
    },
  },
  {
    alert: "HostDiskFullSoon",
    when: "at its pace a disk is full in less than 4 hours",
    // 2 MiB in 10 seconds are 2880 MiB in 4 hours; after 610 seconds 2778 are left.
    series: {
      [`node_filesystem_avail_bytes{${ROOT}}`]: `${2900 * 1_048_576}-${2 * 1_048_576}x90`,
      [`node_filesystem_size_bytes{${ROOT}}`]: `${10_000 * 1_048_576}x90`,
    },
    // Pending when 2880 MiB or less are left, after 100 seconds, and the next evaluation.
    firesAtSeconds: 710,
    labels: { severity: "page", ...BACKEND, mountpoint: "/" },
    summary: "The disk / of backend is full within 4 hours",
    description: "At the pace of the last hour / of backend is full within 4 hours: -122MiB would be left then.",
    silent: {
      "full in a little more than 4 hours": {
        [`node_filesystem_avail_bytes{${ROOT}}`]: `${3100 * 1_048_576}-${2 * 1_048_576}x90`,
        [`node_filesystem_size_bytes{${ROOT}}`]: `${10_000 * 1_048_576}x90`,
      },
      "fast, on a disk that is not half full": {
        [`node_filesystem_avail_bytes{${ROOT}}`]: `${7000 * 1_048_576}-${10 * 1_048_576}x90`,
        [`node_filesystem_size_bytes{${ROOT}}`]: `${10_000 * 1_048_576}x90`,
      },
    },
  },
  {
    alert: "ServiceDown",
    when: "no copy has answered for 30 seconds",
    series: { [`up{${VOTE}}`]: "1x6 0x100" },
    firesAtSeconds: 100,
    labels: { severity: "page", job: "vote", ...FRONTEND, service: "vote" },
    summary: "vote is down",
    description: "0 copies of vote on frontend answer when Prometheus reads their metrics.",
    silent: {
      "a restart of 20 seconds": { [`up{${VOTE}}`]: "1x6 0x2 1x100" },
      "one of two copies": { [`up{${VOTE}}`]: "0x100", [`up{${VOTE.replace("frontend:80", "10.0.0.2:80")}}`]: "1x100" },
    },
  },
  {
    alert: "ServiceDown",
    when: "its copies are no longer in the DNS",
    series: { [`up{${VOTE}}`]: "1x6 stale" },
    firesAtSeconds: 100,
    labels: { severity: "page", job: "vote", ...FRONTEND, service: "vote" },
    summary: "vote is down",
    description: "0 copies of vote on frontend answer when Prometheus reads their metrics.",
    silent: { "it is back after 20 seconds": { [`up{${VOTE}}`]: "1x6 stale _x1 1x100" } },
  },
  {
    alert: "ServiceCopyDown",
    when: "one of two copies has not answered for 2 minutes",
    series: { [`up{${VOTE}}`]: "0x100", [`up{${VOTE.replace("frontend:80", "10.0.0.2:80")}}`]: "1x100" },
    firesAtSeconds: 120,
    labels: { severity: "ticket", job: "vote", ...FRONTEND, service: "vote" },
    summary: "A copy of vote is down",
    description: "1 of the copies of vote on frontend do not answer; others do.",
    silent: {
      "all are down, which is another alert": { [`up{${VOTE}}`]: "0x100" },
      "it is back after 110 seconds": {
        [`up{${VOTE}}`]: "0x11 1x100",
        [`up{${VOTE.replace("frontend:80", "10.0.0.2:80")}}`]: "1x100",
      },
    },
  },
  {
    alert: "ExporterDown",
    when: "the exporter of a database has not answered for 2 minutes",
    series: { [`up{${OF_REDIS}}`]: "0x100" },
    firesAtSeconds: 120,
    labels: { severity: "ticket", job: "redis", ...REDIS },
    summary: "Nothing tells of redis",
    description: "0 exporters of redis answer: no alert about redis itself could fire.",
    silent: { "110 seconds": { [`up{${OF_REDIS}}`]: "0x11 1x100" } },
  },
  {
    alert: "RedisDown",
    when: "the exporter has not reached Redis for 30 seconds",
    series: { [`redis_up{${OF_REDIS}}`]: "1x2 0x20" },
    firesAtSeconds: 60,
    labels: { severity: "page", ...REDIS },
    summary: "Redis redis is down",
    description: "The exporter of redis answers, and cannot reach Redis on backend (redis_up is 0).",
    silent: { "20 seconds": { [`redis_up{${OF_REDIS}}`]: "1x2 0x2 1x20" } },
  },
  {
    alert: "RedisNotPersisting",
    when: "the last write to the append-only file failed",
    series: redisSigns({ redis_aof_last_write_status: "1x2 0x20" }),
    firesAtSeconds: 60,
    labels: { severity: "page", ...REDIS },
    summary: "Redis redis does not keep its writes",
    description:
      "1 of 4 signs are bad on backend (append-only file on, last write to it, last rewrite of it, last snapshot): " +
      "what redis has answered may be lost in a crash.",
    silent: { "all is well": redisSigns({}) },
  },
  {
    alert: "RedisNotPersisting",
    when: "the append-only file is off",
    series: redisSigns({ redis_aof_enabled: "0x20" }),
    firesAtSeconds: 30,
    labels: { severity: "page", ...REDIS },
    summary: "Redis redis does not keep its writes",
    description:
      "1 of 4 signs are bad on backend (append-only file on, last write to it, last rewrite of it, last snapshot): " +
      "what redis has answered may be lost in a crash.",
    silent: {},
  },
  {
    alert: "RedisMemoryHigh",
    when: "86% of maxmemory is used",
    series: { [`redis_memory_used_bytes{${OF_REDIS}}`]: "86x20", [`redis_memory_max_bytes{${OF_REDIS}}`]: "100x20" },
    firesAtSeconds: 120,
    labels: { severity: "page", ...REDIS },
    summary: "The memory of Redis redis is nearly used up",
    description: "redis uses 86% of the memory that it may (maxmemory); at 100% it refuses every write.",
    silent: {
      "85%": { [`redis_memory_used_bytes{${OF_REDIS}}`]: "85x40", [`redis_memory_max_bytes{${OF_REDIS}}`]: "100x40" },
      "no limit": { [`redis_memory_used_bytes{${OF_REDIS}}`]: "86x40", [`redis_memory_max_bytes{${OF_REDIS}}`]: "0x40" },
    },
  },
  {
    alert: "PostgresDown",
    when: "the exporter has not reached PostgreSQL for 30 seconds",
    series: { [`pg_up{${OF_DB}}`]: "1x2 0x20" },
    firesAtSeconds: 60,
    labels: { severity: "page", ...DB },
    summary: "PostgreSQL db is down",
    description: "The exporter of db answers, and cannot reach PostgreSQL on database (pg_up is 0).",
    silent: { "20 seconds": { [`pg_up{${OF_DB}}`]: "1x2 0x2 1x20" } },
  },
  {
    alert: "PostgresConnectionsHigh",
    when: "82 of 100 connections are taken",
    series: {
      [`pg_stat_activity_count{${OF_DB},datname="app",state="active"}`]: "40x40",
      [`pg_stat_activity_count{${OF_DB},datname="app",state="idle"}`]: "42x40",
      [`pg_settings_max_connections{${OF_DB},server="database:5432"}`]: "100x40",
    },
    firesAtSeconds: 300,
    labels: { severity: "ticket", ...DB },
    summary: "PostgreSQL db is running out of connections",
    description: "82% of the connections of db (max_connections) are taken; at 100% it turns new ones away.",
    silent: {
      "80 of 100": {
        [`pg_stat_activity_count{${OF_DB},datname="app",state="active"}`]: "80x60",
        [`pg_settings_max_connections{${OF_DB},server="database:5432"}`]: "100x60",
      },
    },
  },
  {
    alert: "PipelineStalled",
    when: "nothing gets visible for 70 seconds while votes are accepted",
    series: { [ACCEPTED]: "0+100x60", [VISIBLE]: "0+100x30 3000x30" },
    firesAtSeconds: 370,
    labels: { severity: "page", ...FRONTEND, service: "result", level: "visible" },
    summary: "Nothing is visible while more is accepted",
    description: '10.0 a second are accepted, and the level "visible" stands still or cannot be read.',
    silent: {
      "a pause of 60 seconds": { [ACCEPTED]: "0+100x60", [VISIBLE]: "0+100x30 3000x5 3500+100x30" },
      "nothing is accepted either": { [ACCEPTED]: "0+100x30 3000x60", [VISIBLE]: "0+100x30 3000x60" },
      "both moved last at the same time, read 10 seconds apart": { [ACCEPTED]: "0x20 100x40", [VISIBLE]: "0x21 100x39" },
    },
  },
  {
    alert: "PipelineStalled",
    when: "the last level cannot be read while votes are accepted",
    series: { [ACCEPTED]: "0+100x60", [VISIBLE]: "0+100x30 stale" },
    firesAtSeconds: 370,
    labels: { severity: "page", ...FRONTEND, service: "result", level: "visible" },
    summary: "Nothing is visible while more is accepted",
    description: '10.0 a second are accepted, and the level "visible" stands still or cannot be read.',
    silent: { "it is read again after 40 seconds": { [ACCEPTED]: "0+100x60", [VISIBLE]: "0+100x30 stale _x3 3500+100x30" } },
  },
  {
    alert: "PipelineRatesApart",
    when: "a level moves 11% slower than the first for 5 minutes",
    series: { [ACCEPTED]: "0+100x60", [`votes_persisted_total{${RESULT}}`]: "0+89x60" },
    firesAtSeconds: 310,
    labels: { severity: "ticket", level: "persisted" },
    summary: "Less is persisted than is accepted",
    description: 'The level "persisted" moves 11% slower than "accepted" for minutes; the limit is 10%.',
    silent: { "9% slower": { [ACCEPTED]: "0+100x90", [`votes_persisted_total{${RESULT}}`]: "0+91x90" } },
  },
  {
    alert: "PipelineWorkerStalled",
    when: "something waits and nothing has got visible for 70 seconds",
    series: { [HELD]: "0x30 100+100x30", [VISIBLE]: "0+100x30 3000x30" },
    firesAtSeconds: 370,
    labels: { severity: "page", ...BACKEND, service: "worker" },
    summary: "worker is stalled",
    description: "400 wait for worker, and nothing of it gets visible.",
    silent: {
      "it is behind, and moves": { [HELD]: "1000x100", [VISIBLE]: "0+1x100" },
      "nothing waits": { [HELD]: "0x60", [VISIBLE]: "3000x60" },
      "a pause of 60 seconds": { [HELD]: "0x30 100+100x5 0x30", [VISIBLE]: "0+100x30 3000x5 3500+100x30" },
    },
  },
  {
    alert: "PipelineStopped",
    when: "ballots are missing for 30 seconds",
    series: { [`votes_missing{${WORKER}}`]: "0x6 5x20" },
    firesAtSeconds: 100,
    labels: { severity: "page", ...BACKEND, service: "worker", stop: "ballots are missing" },
    summary: "worker waits for a person: ballots are missing",
    description: "votes_missing is 5: worker does not go on by itself, and its /healthz says what to do.",
    silent: { "none is missing": { [`votes_missing{${WORKER}}`]: "0x60" } },
  },
  {
    alert: "PipelineLagGrowing",
    when: "a tenth of what comes in is added to what waits, for 5 minutes",
    series: { [ACCEPTED]: "0+100x60", [HELD]: "0+10x60" },
    firesAtSeconds: 310,
    labels: { severity: "ticket", ...BACKEND, service: "worker" },
    summary: "worker does not keep up",
    description: "What waits for worker has grown for minutes, now by 1.0 a second.",
    silent: {
      "a twenty-fifth": { [ACCEPTED]: "0+100x90", [HELD]: "0+4x90" },
      "much waits, and no more than before": { [ACCEPTED]: "0+100x100", [HELD]: "5000x100" },
    },
  },
  {
    alert: "CertificateNearEnd",
    when: "13 days are left",
    series: {
      'probe_ssl_earliest_cert_expiry{job="certificates",service="vote",instance="https://vote.poll.example.com"}': `${13 * 86_400}x90`,
    },
    firesAtSeconds: 600,
    labels: { severity: "ticket", job: "certificates", service: "vote", instance: "https://vote.poll.example.com" },
    summary: "The certificate of vote is near its end",
    description: "The certificate of https://vote.poll.example.com ends in 12d 23h 50m 0s; it should have been renewed long ago.",
    silent: {
      "15 days are left": {
        'probe_ssl_earliest_cert_expiry{job="certificates",service="vote",instance="https://vote.poll.example.com"}': `${15 * 86_400}x90`,
      },
    },
  },
];

function redisSigns(changed: SeriesValues): SeriesValues {
  const names = ["redis_aof_enabled", "redis_aof_last_write_status", "redis_aof_last_bgrewrite_status", "redis_rdb_last_bgsave_status"];
  return Object.fromEntries(names.map((name) => [`${name}{${OF_REDIS}}`, changed[name] ?? "1x30"]));
}
