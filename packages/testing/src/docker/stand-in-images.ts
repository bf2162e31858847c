import { postgresEntrypoint } from "./postgres-entrypoint.js";
import { redisEntrypoint } from "./redis-entrypoint.js";

/** The images of monitoring that Debian has packages for. Grafana has none. */
export const MONITORING_STAND_INS = ["prometheus", "alertmanager", "nodeExporter", "redisExporter", "postgresExporter"] as const;

export type BaseImage = "node" | "redis" | "postgres" | "caddy" | "blackboxExporter" | (typeof MONITORING_STAND_INS)[number];

/** One list, so that the tree of packages is made once. */
const MONITORING_PACKAGES = [
  "prometheus",
  "prometheus-alertmanager",
  "prometheus-node-exporter",
  "prometheus-redis-exporter",
  "prometheus-postgres-exporter",
  "prometheus-blackbox-exporter",
  "wget",
];

/** An image from this machine's own packages, in place of a public one that cannot be pulled. */
export interface StandInImage {
  /** The public image's name. */
  readonly tag: string;
  /** Debian packages besides the smallest system. */
  readonly packages: readonly string[];
  /** Whether this machine's own Node goes into it. */
  readonly withNode: boolean;
  /** A program that was made for the tests (scripts/programs.mjs), put in as /usr/bin/<name>. Default: none */
  readonly tool?: string;
  /** Path to text, written into the tree with mode 0755. */
  readonly files: Readonly<Record<string, string>>;
  /** Of its Dockerfile. */
  readonly instructions: readonly string[];
}

/**
 * How they differ from the public images, and what tests with them therefore do not show:
 * - all: built from this machine's Debian, with other versions of libraries, other sizes and user numbers; no layers in common.
 * - node: this machine's Node, no npm, yarn or corepack, no entrypoint script (a CMD that is no program runs nothing).
 * - redis: Debian's version (7.0 in bookworm, not 7.2) with Debian's build options.
 * - postgres: Debian's version (15 in bookworm, not 17); its entrypoint knows user, password, database, PGDATA and POSTGRES_INITDB_ARGS,
 *   and runs no scripts in /docker-entrypoint-initdb.d. It compiles no queries (jit), and has no Perl around it.
 * - monitoring: Debian's versions (Prometheus 2.42, Alertmanager 0.25, exporters of node 1.5, redis 1.45, postgres 0.11, blackbox 0.23),
 *   all in one tree and all as the user nobody; GNU wget in place of busybox'.
 * - caddy: the version of the tools; its program is not marked to need a capability.
 */
export const STAND_IN_IMAGES: Readonly<Record<BaseImage, StandInImage>> = {
  node: {
    tag: "node:20.20.2-bookworm-slim",
    packages: [],
    withNode: true,
    files: {},
    instructions: ['CMD ["node"]'],
  },
  redis: {
    tag: "redis:7.2.7-bookworm",
    packages: ["redis-server"],
    withNode: false,
    files: { "usr/local/bin/docker-entrypoint.sh": redisEntrypoint },
    instructions: ["WORKDIR /data", "VOLUME /data", "EXPOSE 6379", 'ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["redis-server"]'],
  },
  postgres: {
    tag: "postgres:17.5-bookworm",
    packages: ["postgresql"],
    withNode: false,
    files: { "usr/local/bin/docker-entrypoint.sh": postgresEntrypoint },
    instructions: [
      // Debian's names for them lead through a program in Perl.
      "RUN ln --symbolic --force /usr/lib/postgresql/*/bin/* /usr/bin/",
      "ENV PGDATA=/var/lib/postgresql/data",
      "VOLUME /var/lib/postgresql/data",
      "EXPOSE 5432",
      "STOPSIGNAL SIGINT",
      'ENTRYPOINT ["docker-entrypoint.sh"]',
      'CMD ["postgres"]',
    ],
  },
  prometheus: monitoring("prom/prometheus:v2.55.1", "prometheus", "/prometheus"),
  alertmanager: monitoring("prom/alertmanager:v0.27.0", "prometheus-alertmanager", "/alertmanager"),
  nodeExporter: monitoring("prom/node-exporter:v1.8.2", "prometheus-node-exporter"),
  redisExporter: monitoring("oliver006/redis_exporter:v1.66.0-alpine", "prometheus-redis-exporter"),
  caddy: {
    tag: "caddy:2.10.0-alpine",
    packages: ["wget", "ca-certificates"],
    withNode: false,
    tool: "caddy",
    files: {},
    instructions: ["ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data", "WORKDIR /srv", 'CMD ["caddy", "run"]'],
  },
  blackboxExporter: monitoring("prom/blackbox-exporter:v0.25.0", "prometheus-blackbox-exporter"),
  postgresExporter: monitoring("prometheuscommunity/postgres-exporter:v0.17.1", "prometheus-postgres-exporter"),
};

/** @param dataFolder What it writes to, as in the public image: its user's. */
function monitoring(tag: string, program: string, dataFolder?: string): StandInImage {
  const data =
    dataFolder === undefined
      ? []
      : [`RUN install --directory --owner=nobody --group=nogroup ${dataFolder}`, `VOLUME ${dataFolder}`, `WORKDIR ${dataFolder}`];
  const instructions = [...data, "USER nobody", `ENTRYPOINT ["${program}"]`];
  return { tag, packages: MONITORING_PACKAGES, withNode: false, files: {}, instructions };
}
