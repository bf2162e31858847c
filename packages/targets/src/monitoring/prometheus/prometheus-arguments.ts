import { PROMETHEUS_PORT } from "@groundplan/model";
import { RETENTION_DAYS } from "../timing.js";

export interface PrometheusPlaces {
  /** prometheus.yml as the server sees it. */
  readonly configFile: string;
  readonly dataFolder: string;
  /** Default: all addresses, port 9090. */
  readonly listen?: string;
}

/** What the server is started with: 15 days are kept. */
export function prometheusArguments({
  configFile,
  dataFolder,
  listen = `0.0.0.0:${PROMETHEUS_PORT}`,
}: PrometheusPlaces): readonly string[] {
  return [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${dataFolder}`,
    `--storage.tsdb.retention.time=${RETENTION_DAYS}d`,
    `--web.listen-address=${listen}`,
  ];
}
