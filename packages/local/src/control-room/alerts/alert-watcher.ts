import type { RunningStack } from "../../running-stack.js";
import { fetchText } from "../levels/fetch-text.js";

export interface AlertWatcher {
  report(): AlertsReport;
  stop(): void;
}

const ASK_EVERY_MS = 2_000;

const TIMEOUT_MS = 1_500;

/** An alert of Prometheus that is pending or firing. */
interface ActiveAlert {
  readonly name: string;
  /** "pending": its condition holds, not yet for long enough. */
  readonly state: "pending" | "firing";
  /** For example "page"; `null`: its rule names none. */
  readonly severity: string | null;
  readonly summary: string;
  readonly description: string;
  /** The labels that tell it from others of its name, for example "service=worker". */
  readonly labels: readonly string[];
  /** When its condition began to hold, in ms since 1970. */
  readonly since: number;
  /** What to do: an address or a path in the documentation. `null`: its rule names none. */
  readonly runbook: string | null;
}

/** `GET /api/alerts`: what Prometheus on this machine says. */
interface AlertsReport {
  /** Whether this stack runs with monitoring. */
  readonly watched: boolean;
  /** Prometheus' own page; `null`: it is not watched. */
  readonly prometheusUrl: string | null;
  /** Firing before pending, each the longest first. As last known when `missing` says why. */
  readonly alerts: readonly ActiveAlert[];
  /** Why Prometheus could not be asked just now. */
  readonly missing: string | null;
}

const NOT_WATCHED: AlertsReport = { watched: false, prometheusUrl: null, alerts: [], missing: null };

const SAID_ELSEWHERE = new Set(["alertname", "severity", "stack"]);

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

/**
 * Reads the answer of Prometheus' `GET /api/v1/alerts`.
 *
 * @throws Error when it is something else.
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#alerts
 */
export function parseAlerts(text: string): readonly ActiveAlert[] {
  const answer = JSON.parse(text) as { readonly data?: { readonly alerts?: unknown } };
  const alerts = answer.data?.alerts;
  if (!Array.isArray(alerts)) throw new Error("Prometheus' answer lists no alerts");
  return alerts
    .map(parseAlert)
    .filter((alert) => alert !== null)
    .sort((one, other) => rank(one) - rank(other) || one.since - other.since || compare(one.name, other.name));
}

function parseAlert(value: {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly activeAt?: string;
}): ActiveAlert | null {
  const { labels = {}, annotations = {}, state } = value;
  if (state !== "pending" && state !== "firing") return null;
  const name = labels.alertname ?? "alert";
  return {
    name,
    state,
    severity: labels.severity ?? null,
    summary: annotations.summary ?? name,
    description: annotations.description ?? "",
    labels: Object.entries(labels)
      .filter(([label]) => !SAID_ELSEWHERE.has(label))
      .map(([label, text]) => `${label}=${text}`)
      .sort(compare),
    since: Date.parse(value.activeAt ?? "") || 0,
    runbook: annotations.runbook_url ?? annotations.runbook ?? null,
  };
}

function rank({ state }: ActiveAlert): number {
  return state === "firing" ? 0 : 1;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
