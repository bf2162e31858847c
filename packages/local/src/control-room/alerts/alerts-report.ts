/** An alert of Prometheus that is pending or firing. */
export interface ActiveAlert {
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
export interface AlertsReport {
  /** Whether this stack runs with monitoring. */
  readonly watched: boolean;
  /** Prometheus' own page; `null`: it is not watched. */
  readonly prometheusUrl: string | null;
  /** Firing before pending, each the longest first. As last known when `missing` says why. */
  readonly alerts: readonly ActiveAlert[];
  /** Why Prometheus could not be asked just now. */
  readonly missing: string | null;
}

export const NOT_WATCHED: AlertsReport = { watched: false, prometheusUrl: null, alerts: [], missing: null };

const SAID_ELSEWHERE = new Set(["alertname", "severity", "stack"]);

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
