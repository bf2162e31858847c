import type { RunningStack } from "../../running-stack.js";
import { fetchText } from "../levels/fetch-text.js";
import { type AlertsReport, NOT_WATCHED, parseAlerts } from "./alerts-report.js";

export interface AlertWatcher {
  report(): AlertsReport;
  stop(): void;
}

const ASK_EVERY_MS = 2_000;
const TIMEOUT_MS = 1_500;

/** Asks the stack's Prometheus every two seconds which alerts are active, and tells of each change. A stack without one costs nothing. */
export function watchAlerts(stack: RunningStack, onChange: (report: AlertsReport) => void): AlertWatcher {
  const prometheus = () => stack.states().find(({ kind, name }) => kind === "monitoring" && name === "prometheus");
  let report: AlertsReport = { ...NOT_WATCHED, watched: prometheus() !== undefined };
  let busy = false;

  async function ask(): Promise<void> {
    const part = prometheus();
    if (part?.port == null) return;
    let next: AlertsReport;
    try {
      const text = await fetchText({ port: part.port, path: "/api/v1/alerts", timeoutMs: TIMEOUT_MS });
      next = { watched: true, prometheusUrl: part.url, alerts: parseAlerts(text), missing: null };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      next = { watched: true, prometheusUrl: part.url, alerts: report.alerts, missing: `Prometheus does not answer: ${reason}` };
    }
    if (JSON.stringify(next) === JSON.stringify(report)) return;
    report = next;
    onChange(report);
  }

  const timer = setInterval(() => {
    if (busy || !report.watched) return;
    busy = true;
    void ask().finally(() => {
      busy = false;
    });
  }, ASK_EVERY_MS);
  timer.unref();
  return { report: () => report, stop: () => clearInterval(timer) };
}
