import { exporterNameOf, type Plan, type PlannedComponent, type ScrapeTarget } from "@groundplan/model";
import { type MonitoringContainer, NOBODY, wget } from "./monitoring-container.js";
import { MONITORING_IMAGES } from "./monitoring-images.js";

/** The exporter of a scrape target; none where what it tells of answers itself. */
export function exporterOf({ exporter, host, port, component }: ScrapeTarget, plan: Plan): readonly MonitoringContainer[] {
  if (exporter === "node") return [nodeExporter(host, port)];
  const database = plan.components.find(({ name }) => name === component);
  if (exporter === null || database === undefined) return [];
  const common = {
    name: exporterNameOf(database.name),
    host,
    port,
    public: false,
    volumes: [],
    health: "/health",
    reads: database.name,
    seesHost: false,
    memoryMb: 64,
  };
  if (exporter === "redis") return [{ ...common, ...redisExporter(database, port) }];
  return [{ ...common, ...postgresExporter(database, port) }];
}

function nodeExporter(host: string, port: number): MonitoringContainer {
  return {
    name: "node-exporter",
    host,
    image: MONITORING_IMAGES.nodeExporter,
    arguments: ["--path.rootfs=/host", `--web.listen-address=:${port}`],
    env: {},
    port,
    public: false,
    volumes: [{ kind: "host", source: "/", target: "/host", readOnly: true }],
    health: "/",
    healthCommand: wget(port, "/"),
    reads: null,
    seesHost: true,
    memoryMb: 64,
    user: NOBODY,
  };
}

function redisExporter({ name }: PlannedComponent, port: number) {
  return {
    image: MONITORING_IMAGES.redisExporter,
    arguments: [`--web.listen-address=0.0.0.0:${port}`],
    env: { REDIS_ADDR: [text("redis://"), host(name), text(":"), portPart(name)] },
    healthCommand: wget(port, "/health"),
    user: "59000:59000",
  };
}

function postgresExporter({ name, source }: PlannedComponent, port: number) {
  if (source.kind !== "postgres") throw new Error(`${name} is not a PostgreSQL`);
  const { database, user, passwordSecret } = source;
  return {
    image: MONITORING_IMAGES.postgresExporter,
    arguments: [`--web.listen-address=:${port}`],
    // The password apart, so that it may come as a file: DATA_SOURCE_PASS_FILE.
    env: {
      DATA_SOURCE_PASS: [{ kind: "secret", name: passwordSecret } as const],
      DATA_SOURCE_URI: [host(name), text(":"), portPart(name), text(`/${database}?sslmode=disable`)],
      DATA_SOURCE_USER: [text(user)],
    },
    health: "/",
    healthCommand: wget(port, "/"),
    user: NOBODY,
  };
}

const text = (value: string) => ({ kind: "text", text: value }) as const;
const host = (of: string) => ({ kind: "host", of }) as const;
const portPart = (of: string) => ({ kind: "port", of }) as const;
