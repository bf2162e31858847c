/** The public images that monitoring runs from, each at one version: what runs changes here and nowhere else. */
export const MONITORING_IMAGES = {
  prometheus: "prom/prometheus:v2.55.1",
  alertmanager: "prom/alertmanager:v0.27.0",
  grafana: "grafana/grafana:11.4.0",
  nodeExporter: "prom/node-exporter:v1.8.2",
  blackboxExporter: "prom/blackbox-exporter:v0.25.0",
  redisExporter: "oliver006/redis_exporter:v1.66.0-alpine",
  postgresExporter: "prometheuscommunity/postgres-exporter:v0.17.1",
} as const;
